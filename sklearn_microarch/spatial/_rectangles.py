"""The pixels that patches show, as rectangles and as masks."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling._patches import Patches


def common_shape(patches: Patches) -> tuple[int, int]:
    """Return the height and width that hold every image of some patches."""
    heights, widths = zip(*(image.shape for image in patches.images), strict=True)
    return max(heights), max(widths)


def shown_rectangles(patches: Patches) -> NDArray[np.int64]:
    """Return the rectangle of its image that each patch shows, (4, n) in pixels.

    Top, bottom, left and right, bottom and right exclusive. With ``border="reflect"``,
    mirrored pixels count as the pixels they are.
    """
    lengths = np.array([image.shape for image in patches.images])
    size, bounds = patches.patch_size, []
    for axis in (0, 1):
        length = lengths[patches.positions[:, 0], axis]
        start = patches.positions[:, axis + 1].astype(np.int64) - size // 2
        stop = start + size
        first, last = np.maximum(start, 0), np.minimum(stop, length)
        if patches.border == "reflect":
            # What lies beyond one border shows the pixels just inside it.
            first = np.where(
                stop > length, np.minimum(first, 2 * length - 1 - stop), first
            )
            last = np.where(start < 0, np.maximum(last, 1 - start), last)
        bounds += [np.clip(first, 0, length), np.clip(last, 0, length)]
    return np.stack(bounds)


def grown(
    rectangles: NDArray[np.int64], by: int, shape: tuple[int, int]
) -> NDArray[np.int64]:
    """Return rectangles (4, n) larger by pixels on every side, cut to a shape."""
    top, bottom, left, right = rectangles
    return np.stack(
        [
            np.maximum(top - by, 0),
            np.minimum(bottom + by, shape[0]),
            np.maximum(left - by, 0),
            np.minimum(right + by, shape[1]),
        ]
    )


def covered(rectangles: NDArray[np.int64], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return a mask of some shape of the pixels in at least one rectangle (4, n)."""
    # A corner of +1 where a rectangle begins, -1 where it ends: summed along both
    # axes, the number of rectangles over each pixel.
    corners = np.zeros((shape[0] + 1, shape[1] + 1), dtype=np.int32)
    top, bottom, left, right = rectangles
    for rows, cols, sign in (
        (top, left, 1),
        (top, right, -1),
        (bottom, left, -1),
        (bottom, right, 1),
    ):
        np.add.at(corners, (rows, cols), sign)
    np.cumsum(corners, axis=0, out=corners)
    np.cumsum(corners, axis=1, out=corners)
    mask: NDArray[np.bool_] = corners[:-1, :-1] > 0
    return mask


def touches(
    rectangles: NDArray[np.int64], mask: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which rectangles (4, n) hold a pixel of a mask (height, width)."""
    # Pixels of the mask above and left of each corner of the pixel grid.
    sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), dtype=np.int32)
    np.cumsum(mask, axis=0, out=sums[1:, 1:])
    np.cumsum(sums, axis=1, out=sums)
    top, bottom, left, right = rectangles
    inside = sums[bottom, right] - sums[top, right] - sums[bottom, left]
    found: NDArray[np.bool_] = inside + sums[top, left] > 0
    return found
