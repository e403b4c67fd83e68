"""What a slice looks like around each centre: grey, contrast and fine detail."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import Patches

APPEARANCE = ("grey level", "contrast", "sharpness")
# What a blur of this width takes away is fine detail.
_DETAIL_PX = 1.5


def look_around(patches: Patches) -> NDArray[np.float32]:
    """Return how each patch looks as a picture (n, 3), whatever a network makes of it.

    Mean grey level, standard deviation, and the share of the standard deviation that is
    detail finer than a few pixels.
    """
    found = np.empty((len(patches), len(APPEARANCE)), dtype=np.float32)
    for index in np.unique(patches.positions[:, 0]):
        here = patches.positions[:, 0] == index
        rows, cols = patches.positions[here, 1:].T
        for column, values in enumerate(
            _local_measures(patches.images[index], patches.patch_size)
        ):
            found[here, column] = values[rows, cols]
    return found


def _local_measures(image: SliceImage, size: int) -> list[NDArray[np.float32]]:
    """Return the three measures at every pixel, each (height, width), for windows."""
    pixels = image.pixels.astype(np.float32)
    grey = pixels.mean(axis=0) if pixels.ndim == 3 else pixels
    # Less the mean of all, so that squares keep their digits.
    offset = grey.mean()
    grey -= offset
    mean = ndimage.uniform_filter(grey, size, mode="reflect")
    square = ndimage.uniform_filter(grey**2, size, mode="reflect")
    spread = np.sqrt(np.maximum(square - mean**2, 0))
    detail = grey - ndimage.gaussian_filter(grey, _DETAIL_PX, mode="reflect")
    # Running sums round, also below 0.
    power = ndimage.uniform_filter(detail**2, size, mode="reflect")
    fine = np.sqrt(np.maximum(power, 0))
    # Flat patches have neither contrast nor detail, but for rounding.
    least = max(1e-3 * float(grey.std()), float(np.finfo(np.float32).eps))
    sharpness = fine / np.maximum(spread, least)
    return [mean + offset, spread, np.minimum(sharpness, 1)]


def count_grey_levels(patches: Patches) -> int:
    """Return the number of different values of the most varied slice."""
    return max(len(np.unique(image.pixels)) for image in patches.used_images)
