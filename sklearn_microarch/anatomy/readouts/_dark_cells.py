"""Cell bodies as dark blobs of a size, and bright tissue, pixel by pixel."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

# Grey levels are compared with those around, within so much.
_AROUND_UM = 60.0
# Vessels cut across are blobs, too, but nearly black: less than this share of the grey
# around, blurred by so many pixels.
_BLACK, _BLACK_BLUR = 0.2, 1.0
# How much darker a blob is, as a share of the grey around it, and how round: the lesser
# of its two curvatures as a share of the greater. Chosen on phantoms of seeds 0, 7, 8
# and 9, so that as many are found as were drawn.
_LEAST_CONTRAST, _LEAST_ROUNDNESS = 0.28, 0.35
# Bright tissue is what exceeds this share of all tissue, blurred by so much.
_BRIGHT_QUANTILE, _BLUR_UM = 0.8, 4.0


def find_dark_cells(
    grey: NDArray, pixel_size_um: float, radius_um: float
) -> NDArray[np.bool_]:
    """Return the middles of dark, roundish blobs (height, width).

    Where the scale-normalised Laplacian of Gaussian has its peaks; vessels, nearly
    black, or dark along one direction only, are left out.
    """
    levels = np.asarray(grey, dtype=np.float32)
    around = ndimage.gaussian_filter(levels, _AROUND_UM / pixel_size_um)
    relative = levels / np.maximum(around, np.finfo(np.float32).tiny)
    sigma = radius_um / np.sqrt(2) / pixel_size_um
    rows, cols, both = (
        sigma**2 * ndimage.gaussian_filter(relative, sigma, order=order)
        for order in ((2, 0), (0, 2), (1, 1))
    )
    strength = rows + cols
    spread = np.hypot(rows - cols, 2 * both)
    lesser, greater = strength - spread, strength + spread
    window = 2 * round(1.2 * sigma) + 1
    peaks = strength == ndimage.maximum_filter(strength, size=window)
    peaks &= strength > _LEAST_CONTRAST
    peaks &= ndimage.gaussian_filter(relative, _BLACK_BLUR) > _BLACK
    return peaks & (lesser > _LEAST_ROUNDNESS * greater)


def find_bright(
    grey: NDArray, tissue: NDArray[np.bool_], pixel_size_um: float
) -> NDArray[np.bool_]:
    """Return the brightest fifth of the tissue (height, width)."""
    levels = np.asarray(grey, dtype=np.float32)
    blurred = ndimage.gaussian_filter(levels, _BLUR_UM / pixel_size_um)
    limit = np.quantile(blurred[tissue], _BRIGHT_QUANTILE)
    return tissue & (blurred > limit)
