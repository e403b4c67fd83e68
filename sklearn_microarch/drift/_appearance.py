"""What a slice looks like around each centre: grey, contrast and fine detail."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._lazy_array import Block, split_into_blocks
from sklearn_microarch.images.lazy._block_cache import read_bands
from sklearn_microarch.sampling import Patches

APPEARANCE = ("grey level", "contrast", "sharpness")
# What a blur of this width takes away is fine detail.
_DETAIL_PX = 1.5
# Pixels along the edge of what is looked at together.
BLOCK = 1024
# More different grey levels are as good as real numbers.
MOST_LEVELS = 1 << 22


def look_around(patches: Patches) -> NDArray[np.float32]:
    """Return how each patch looks as a picture (n, 3), whatever a network makes of it.

    Mean grey level, standard deviation, and the share of the standard deviation that is
    detail finer than a few pixels.
    """
    found = np.empty((len(patches), len(APPEARANCE)), dtype=np.float32)
    for index in np.unique(patches.positions[:, 0]):
        here = np.flatnonzero(patches.positions[:, 0] == index)
        places = patches.positions[here, 1:]
        image = patches.images[index]
        mean, spread = _mean_and_spread(image)
        for block in split_into_blocks(image.shape, (BLOCK, BLOCK)):
            inside = _within(places, block)
            if inside.any():
                found[here[inside]] = _measures_at(
                    image,
                    block,
                    places[inside],
                    patches.patch_size,
                    offset=mean,
                    usual=spread,
                )
    return found


def _within(places: NDArray[np.integer], block: Block) -> NDArray[np.bool_]:
    rows, cols = block
    firsts, ends = [rows.start, cols.start], [rows.stop, cols.stop]
    inside = np.logical_and(places >= firsts, places < ends)
    return np.asarray(inside.all(axis=1), dtype=bool)


def _grey(pixels: NDArray) -> NDArray[np.float32]:
    return (pixels.mean(axis=0) if pixels.ndim == 3 else pixels).astype(np.float32)


def _mean_and_spread(image: SliceImage) -> tuple[float, float]:
    """Return mean and standard deviation of a slice, in little memory."""
    count, mean, squares = 0, 0.0, 0.0
    for _, pixels in read_bands(image):
        grey = _grey(pixels)
        n, middle = grey.size, float(grey.mean(dtype=np.float64))
        off = middle - mean
        squares += float(grey.var(dtype=np.float64)) * n + off**2 * count * n / (
            count + n
        )
        count, mean = count + n, mean + off * n / (count + n)
    return mean, float(np.sqrt(squares / count))


def _measures_at(
    image: SliceImage,
    block: Block,
    places: NDArray[np.integer],
    size: int,
    *,
    offset: float,
    usual: float,
) -> NDArray[np.float32]:
    """Return the three measures (n, 3) of windows around places within a block.

    ``offset`` and ``usual`` are mean and standard deviation of the slice.
    """
    # What a window sees, and what the blur of its outermost pixels does.
    reach = size + int(4 * _DETAIL_PX) + 1
    rows, cols = (
        slice(max(0, part.start - reach), min(part.stop + reach, length))
        for part, length in zip(block, image.shape, strict=True)
    )
    # Less the mean of all, so that squares keep their digits.
    grey = _grey(image.read(rows, cols)) - np.float32(offset)
    mean = ndimage.uniform_filter(grey, size, mode="reflect")
    square = ndimage.uniform_filter(grey**2, size, mode="reflect")
    spread = np.sqrt(np.maximum(square - mean**2, 0))
    detail = grey - ndimage.gaussian_filter(grey, _DETAIL_PX, mode="reflect")
    # Running sums round, also below 0.
    power = ndimage.uniform_filter(detail**2, size, mode="reflect")
    fine = np.sqrt(np.maximum(power, 0))
    # Flat patches have neither contrast nor detail, but for rounding.
    least = max(1e-3 * usual, float(np.finfo(np.float32).eps))
    sharpness = fine / np.maximum(spread, least)
    at = tuple((places - [rows.start, cols.start]).T)
    measures = (mean[at] + offset, spread[at], np.minimum(sharpness[at], 1))
    return np.stack(measures, axis=1)


def count_grey_levels(patches: Patches) -> int:
    """Return the number of different values of the most varied slice.

    Of a slice of real numbers, no more than some millions are counted.
    """
    return max(_count_levels(image) for image in patches.used_images)


def _count_levels(image: SliceImage) -> int:
    found: NDArray = np.empty(0, dtype=image.dtype)
    for _, pixels in read_bands(image):
        found = np.union1d(found, pixels)
        if len(found) > MOST_LEVELS:
            break
    return len(found)
