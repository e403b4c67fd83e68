"""Paint many small objects onto a slice at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["paint_largest"]

# Elements held in flight: enough to hide the loop, little enough for the cache.
_CHUNK = 2**18

Shape = Callable[[NDArray, NDArray, NDArray], NDArray]


def paint_largest(
    canvas: NDArray[np.float32],
    rows: NDArray,
    cols: NDArray,
    reach: NDArray,
    shape: Shape,
) -> None:
    """Paint objects in place; where they overlap, the largest value stays.

    Centres and ``reach``, half the side of the square that an object fits in, are in
    pixels. ``shape(d_rows, d_cols, which)`` returns the values, (n, side, side), of the
    objects ``which`` (n,) at distances from their centres. The canvas must be
    C-contiguous.
    """
    height, width = canvas.shape
    flat = canvas.reshape(-1)
    # A few sizes of square, so that each is one vectorised call.
    needed = np.maximum(np.ceil(reach) + 1, 4)
    half = 2 ** np.ceil(np.log2(needed)).astype(np.int64)
    half = np.where(needed <= 0.75 * half, (3 * half) // 4, half)
    for size in np.unique(half):
        offsets = np.arange(-size, size + 1)
        members = np.flatnonzero(half == size)
        chunk = max(1, _CHUNK // len(offsets) ** 2)
        for start in range(0, len(members), chunk):
            which = members[start : start + chunk]
            row = np.rint(rows[which]).astype(np.int64)[:, np.newaxis] + offsets
            col = np.rint(cols[which]).astype(np.int64)[:, np.newaxis] + offsets
            d_rows = (row - rows[which, np.newaxis]).astype(np.float32)
            d_cols = (col - cols[which, np.newaxis]).astype(np.float32)
            values = shape(d_rows[:, :, np.newaxis], d_cols[:, np.newaxis, :], which)
            inside = ((row >= 0) & (row < height))[:, :, np.newaxis] & (
                (col >= 0) & (col < width)
            )[:, np.newaxis, :]
            inside &= values > 0
            at = row[:, :, np.newaxis] * width + col[:, np.newaxis, :]
            np.maximum.at(flat, at[inside], values[inside])
