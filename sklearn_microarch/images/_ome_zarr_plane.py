"""A slice within an array of more axes, without loading it."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklearn_microarch.images._ome_zarr_axes import Index

if TYPE_CHECKING:
    import zarr


class ZarrPlane:
    """Part of a zarr array that drops some axes, loaded where it is indexed.

    Parameters
    ----------
    array : zarr.Array
        Array of any number of axes.
    index : tuple of int and slice
        An integer for each axis to drop, ``slice(None)`` for one to keep.

    Notes
    -----
    Values come in native byte order. Integers, slices and ``...`` are taken as
    an index; of the whole as an array, ``numpy.asarray`` makes one.
    """

    def __init__(self, array: "zarr.Array", index: Index) -> None:
        self.array = array
        self.index = index
        self._kept = [at for at, part in enumerate(index) if isinstance(part, slice)]

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis that is kept."""
        return tuple(self.array.shape[axis] for axis in self._kept)

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
        whole = list(self.index)
        for axis, part in zip(self._kept, parts, strict=True):
            whole[axis] = part
        values = np.asarray(self.array.get_basic_selection(tuple(whole)))
        return values.astype(self.dtype, copy=False)

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        if copy is False:
            raise ValueError("the values lie in a file; loading them makes a copy.")
        return self[...].astype(self.dtype if dtype is None else dtype, copy=False)

    def __repr__(self) -> str:
        return f"ZarrPlane({self.array!r}, shape={self.shape}, dtype={self.dtype})"
