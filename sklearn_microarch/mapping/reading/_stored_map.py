"""A map on disk that reads like an array in memory."""

from math import prod
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import DTypeLike, NDArray

Part = int | slice


class StoredMap(NDArrayOperatorsMixin):
    """A map on disk, of which indexing reads a part and arithmetic the whole.

    ``array`` is ([n_channels,] rows, columns); with ``several``, channels are the last
    axis here. Read values are shifted by ``shift``, and int64 then.
    """

    def __init__(self, array: Any, *, several: bool, shift: int = 0) -> None:  # noqa: ANN401
        self._array, self._shift = array, shift
        n_channels = (array.shape[0] if array.ndim == 3 else 1,) * several
        self.shape: tuple[int, ...] = (*array.shape[-2:], *n_channels)
        self.dtype = np.dtype(np.int64) if shift else np.dtype(array.dtype)

    @property
    def ndim(self) -> int:
        """2 or 3."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return prod(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 - as numpy
        parts = _part_of_each_axis(key, self.ndim)
        if parts is None:
            # Masks, index arrays and new axes are for numpy to sort out.
            return np.asarray(self)[key]
        read, then = zip(
            *(_forwards(part, n) for part, n in zip(parts, self.shape, strict=True)),
            strict=True,
        )
        return self._read(*read)[then]

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        if copy is False:
            raise ValueError("the values lie in a file; loading them makes a copy.")
        whole: NDArray = self[...]
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def __array_ufunc__(
        self,
        ufunc: np.ufunc,
        method: str,
        *inputs: Any,  # noqa: ANN401 - as numpy calls it
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        loaded = [np.asarray(a) if isinstance(a, StoredMap) else a for a in inputs]
        return getattr(ufunc, method)(*loaded, **kwargs)

    def __repr__(self) -> str:
        return f"StoredMap(shape={self.shape}, dtype={self.dtype})"

    def _read(self, rows: slice, cols: slice, *channels: slice) -> NDArray:
        # An image of one channel comes as a plane, without that axis.
        leading = channels if self._array.ndim == 3 else ()
        part = np.asarray(self._array[(*leading, rows, cols)])
        if self._shift:
            part = part.astype(self.dtype) + self._shift
        if leading:
            return np.moveaxis(part, 0, -1)
        return part[..., None][..., channels[0]] if channels else part


def _part_of_each_axis(key: Any, ndim: int) -> list[Part] | None:  # noqa: ANN401
    """Spell out an index of integers and slices; None if it holds anything else."""
    parts = list(key) if isinstance(key, tuple) else [key]
    n_ellipses = sum(part is Ellipsis for part in parts)
    if n_ellipses > 1 or len(parts) - n_ellipses > ndim:
        return None
    if not n_ellipses:
        parts.append(Ellipsis)
    at = next(i for i, part in enumerate(parts) if part is Ellipsis)
    parts[at : at + 1] = [slice(None)] * (ndim + 1 - len(parts))
    whole = (int, np.integer, slice)
    if any(isinstance(part, bool) or not isinstance(part, whole) for part in parts):
        return None
    return parts


def _forwards(part: Part, length: int) -> tuple[slice, Part]:
    """Return what to read along an axis, from first to last, and then to keep."""
    found = range(length)[part]
    if isinstance(found, int):
        return slice(found, found + 1), 0
    if not found:
        return slice(0, 0), slice(None)
    if found.step > 0:
        return slice(found.start, found.stop, found.step), slice(None)
    back = found[::-1]
    return slice(back.start, back.stop, back.step), slice(None, None, -1)
