"""One picture plane that is read where it is indexed, and its coarser levels."""

from collections.abc import Callable
from math import ceil, prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

# The longer edge from which on a coarser level is worth having.
_LARGE = 1024

Read = Callable[[slice, slice], NDArray]


class LazyPlane:
    """A plane (height, width, ...) of which indexing reads a part.

    ``read`` returns a part by its rows and columns, ``shape`` is that of the whole; of
    ``step`` by ``step`` pixels the first is kept.
    """

    def __init__(
        self, read: Read, shape: tuple[int, ...], dtype: DTypeLike, *, step: int = 1
    ) -> None:
        self._read, self._full, self._step = read, shape, step
        self.shape = (*(ceil(length / step) for length in shape[:2]), *shape[2:])
        self.dtype = np.dtype(dtype)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return prod(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 - as numpy
        parts = key if isinstance(key, tuple) else (key,)
        if len(parts) < 2 or not all(isinstance(part, slice) for part in parts[:2]):
            # Whatever else numpy understands is for numpy to sort out.
            return np.asarray(self)[key]
        rows, cols = (
            range(*part.indices(length))
            for part, length in zip(parts[:2], self.shape, strict=False)
        )
        if rows.step != 1 or cols.step != 1:
            return np.asarray(self)[key]
        return self._load(rows, cols)[(slice(None), slice(None), *parts[2:])]

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        if copy is False:
            raise ValueError("the values lie in a file; loading them makes a copy.")
        whole = self._load(range(self.shape[0]), range(self.shape[1]))
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def coarser(self, step: int) -> "LazyPlane":
        """Return the plane at every ``step``-th pixel."""
        return LazyPlane(self._read, self._full, self.dtype, step=step)

    def _load(self, rows: range, cols: range) -> NDArray:
        if not rows or not cols:
            return np.empty((len(rows), len(cols), *self.shape[2:]), self.dtype)
        row, col = (
            slice(part.start * self._step, (part.stop - 1) * self._step + 1)
            for part in (rows, cols)
        )
        return np.asarray(self._read(row, col))[:: self._step, :: self._step]


def pyramid(plane: LazyPlane) -> list[LazyPlane]:
    """Return a plane and its coarser levels, each half as fine, until one is small."""
    levels, step = [plane], 1
    while max(levels[-1].shape[:2]) > _LARGE:
        step *= 2
        levels.append(plane.coarser(step))
    return levels
