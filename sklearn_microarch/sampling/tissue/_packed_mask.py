"""A mask of a slice at eight pixels a byte, unpacked strip by strip."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import DTypeLike, NDArray

# Rows of a strip hold about so many pixels.
PIXELS_OF_A_STRIP = 1 << 22


class PackedMask:
    """A boolean mask (height, width) that takes a bit for each pixel.

    Rows are read as ``mask[top:bottom]``, with or without a step, and written so.
    """

    def __init__(self, shape: tuple[int, int], *, fill: bool = False) -> None:
        self.shape = shape
        n_bytes = -(-shape[1] // 8)
        self._bits = np.full((shape[0], n_bytes), 255 * fill, dtype=np.uint8)

    @property
    def size(self) -> int:
        """Number of pixels."""
        return self.shape[0] * self.shape[1]

    def __getitem__(self, rows: slice) -> NDArray[np.bool_]:
        bits = np.unpackbits(self._bits[rows], axis=1, count=self.shape[1])
        return bits.view(bool)

    def __setitem__(self, rows: slice, values: NDArray[np.bool_]) -> None:
        self._bits[rows] = np.packbits(values, axis=1)

    def write(self, rows: slice, cols: slice, values: NDArray[np.bool_]) -> None:
        """Write a rectangle that begins and ends at a multiple of 8, or at the edge."""
        packed = np.packbits(values, axis=1)
        first = cols.start // 8
        self._bits[rows, first : first + packed.shape[1]] = packed

    def count(self) -> int:
        """Return how many pixels are True."""
        return sum(
            int(np.count_nonzero(self[rows])) for rows in mask_strips(self.shape)
        )

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        if copy is False:
            raise ValueError("a packed mask holds no array, so it is always a copy.")
        whole = self[:]
        return whole if dtype is None else whole.astype(dtype, copy=False)

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""
        return self._bits.nbytes


def mask_strips(shape: tuple[int, int], *, step: int = 1) -> Iterator[slice]:
    """Yield slices of rows, from the top down, each from a multiple of ``step``."""
    height, width = shape
    tall = max(1, PIXELS_OF_A_STRIP // width) * step
    return (slice(top, min(top + tall, height)) for top in range(0, height, tall))
