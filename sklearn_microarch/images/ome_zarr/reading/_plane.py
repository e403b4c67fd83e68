"""A slice within an array of more axes, without loading it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklearn_microarch.images.ome_zarr.reading._load import load_from_zarr

if TYPE_CHECKING:
    import zarr

AXES = ("t", "c", "z", "y", "x")
Index = tuple[int | slice, ...]


class ZarrPlane:
    """Part of a zarr array that drops some axes, loaded where it is indexed.

    ``index`` has an integer for each axis to drop and ``slice(None)`` for one to keep.
    Values come in native byte order; an index is made of integers, slices and ``...``.
    ``channels`` are those to keep of the first axis, None all. ImageFileError names the
    file of a chunk that cannot be decoded.
    """

    def __init__(
        self,
        array: "zarr.Array",
        index: Index,
        *,
        channels: list[int] | None = None,
    ) -> None:
        self.array = array
        self.index = index
        self.channels = channels
        self._kept = [at for at, part in enumerate(index) if isinstance(part, slice)]

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis that is kept."""
        lengths = [int(self.array.shape[axis]) for axis in self._kept]
        if self.channels is not None:
            lengths[0] = len(self.channels)
        return tuple(lengths)

    @property
    def ndim(self) -> int:
        """Number of axes that are kept."""
        return len(self._kept)

    @property
    def dtype(self) -> np.dtype:
        """Type of the values, in native byte order."""
        return self.array.dtype.newbyteorder("=")

    @property
    def chunks(self) -> tuple[int, ...]:
        """Length of a chunk along each axis that is kept."""
        return tuple(self.array.chunks[axis] for axis in self._kept)

    def __getitem__(self, key: Any) -> NDArray:  # noqa: ANN401 - as numpy takes it
        parts = list(key) if isinstance(key, tuple) else [key]
        if Ellipsis not in parts:
            parts.append(Ellipsis)
        at = parts.index(Ellipsis)
        n_whole = self.ndim - (len(parts) - 1)
        if n_whole < 0:
            raise IndexError(
                f"too many indices: {key} for an array of {self.ndim} axes"
            )
        parts[at : at + 1] = [slice(None)] * n_whole
        if self.channels is None:
            return self._load(parts)
        picked = np.asarray(self.channels)[parts[0]]
        if picked.ndim == 0:
            return self._load([int(picked), *parts[1:]])
        each = [self._load([int(number), *parts[1:]]) for number in picked]
        return np.stack(each) if each else self._load([slice(0, 0), *parts[1:]])

    def _load(self, parts: list[Any]) -> NDArray:
        whole: list[Any] = list(self.index)
        for axis, part in zip(self._kept, parts, strict=True):
            whole[axis] = part
        values = load_from_zarr(self.array, tuple(whole))
        return values.astype(self.dtype, copy=False)

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        if copy is False:
            raise ValueError("the values lie in a file; loading them makes a copy.")
        return self[...].astype(self.dtype if dtype is None else dtype, copy=False)

    def __repr__(self) -> str:
        return f"ZarrPlane({self.array!r}, shape={self.shape}, dtype={self.dtype})"


def plane_of_channels(
    array: "zarr.Array",
    axes: Sequence[str],
    index: Index,
    chosen: int | list[int] | None,
) -> ZarrPlane:
    """Return the slice with the channels chosen; one number alone is a 2-D picture."""
    if chosen is None or "c" not in axes:
        return ZarrPlane(array, index)
    whole = list(index)
    whole[axes.index("c")] = chosen if isinstance(chosen, int) else slice(None)
    channels = None if isinstance(chosen, int) else chosen
    return ZarrPlane(array, tuple(whole), channels=channels)


def select_slice(
    axes: Sequence[str], shape: tuple[int, ...], *, t: int | None, z: int | None
) -> Index:
    """Return the index of one slice: axes (y, x), or (c, y, x) of several channels.

    ``t`` and ``z`` are positions along time and depth, None where there is only one.
    ValueError for axes of another order, or a position that is missing or is none.
    """
    lengths = dict(zip(axes, shape, strict=True))
    known = [axis for axis in AXES if axis in lengths]
    if known != list(axes) or known[-2:] != ["y", "x"]:
        listed = ", ".join(f"{axis}={n}" for axis, n in zip(axes, shape, strict=True))
        raise ValueError(
            f"its axes are {listed}; a slice needs y, x or c, y, x, after t and z if "
            f"any, in the order {', '.join(AXES)}"
        )
    chosen: dict[str, int | slice] = {
        axis: _position(axis, lengths.get(axis, 1), given)
        for axis, given in (("t", t), ("z", z))
    }
    if lengths.get("c") == 1:
        chosen["c"] = 0
    return tuple(chosen.get(axis, slice(None)) for axis in axes)


def _position(axis: str, length: int, given: int | None) -> int:
    choices = f"{axis}=0 to {axis}={length - 1}" if length > 1 else f"{axis}=0"
    if given is None:
        if length > 1:
            raise ValueError(
                f"it holds {length} positions along {axis}; choose one with {choices}"
            )
        return 0
    if not 0 <= given < length:
        raise ValueError(f"{axis}={given} does not exist; the choices are {choices}")
    return given
