"""Whether grey levels of a slice are clipped, few, or shaded."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images import SliceImage

# Levels are counted in so many bins where pixels are no integers of up to 16 bits.
_N_BINS = 1 << 16
_STRIP_PIXELS = 1 << 22
# Fewest cells of tissue that a surface is fitted to.
_FEWEST_CELLS = 30


@dataclass(frozen=True)
class GreyScale:
    """Of the pixels that are tissue; channels are taken together."""

    # Different grey levels; None for floats, which have as many as there are pixels.
    n_levels: int | None
    # Share of the pixels at the lowest and at the highest level of the slice.
    share_lowest: float
    share_highest: float
    # By how much brightness drifts over the annotated tissue within regions, as a share
    # of its median: from the 2.5th to the 97.5th percentile.
    shading: float


def measure_grey_scale(
    image: SliceImage, tissue: NDArray[np.bool_], shading: float
) -> GreyScale:
    """Count grey levels strip by strip."""
    if not tissue.any():
        return GreyScale(0, 0.0, 0.0, shading)
    counted = image.dtype.kind in "iub" and image.dtype.itemsize <= 2
    low, high = np.inf, -np.inf
    for values, _ in _strips(image, tissue):
        low, high = min(low, float(values.min())), max(high, float(values.max()))
    n_bins = int(high - low) + 1 if counted else _N_BINS
    counts = np.zeros(n_bins, dtype=np.int64)
    n_low = n_high = 0
    for values, inside in _strips(image, tissue):
        chosen = values[..., inside].astype(np.float64)
        n_low += int((chosen == low).sum())
        n_high += int((chosen == high).sum())
        if counted:
            at = (chosen - low).astype(np.int64).ravel()
            counts += np.bincount(at, minlength=n_bins)
    n_values = int(tissue.sum()) * (image.n_channels or 1)
    flat = high == low
    return GreyScale(
        int((counts > 0).sum()) if counted else 1 if flat else None,
        n_low / n_values,
        0.0 if flat else n_high / n_values,
        shading,
    )


def _strips(
    image: SliceImage, tissue: NDArray[np.bool_]
) -> Iterator[tuple[NDArray, NDArray[np.bool_]]]:
    """Yield pixels ([n_channels,] rows, width) with the tissue among them."""
    height, width = image.shape
    tall = max(1, _STRIP_PIXELS // (width * (image.n_channels or 1)))
    for top in range(0, height, tall):
        rows = slice(top, min(top + tall, height))
        yield image.read(rows, slice(0, width)), tissue[rows]


def measure_shading(
    grey: NDArray[np.floating], labels: NDArray[np.int64], tissue: NDArray[np.bool_]
) -> float:
    """Return how much brightness drifts within regions, on a grid of cells.

    A surface of second order is fitted together with a level for each region, so that
    regions of unlike brightness are no shading.
    """
    used = tissue & (labels > 0)
    if used.sum() < _FEWEST_CELLS:
        return 0.0
    rows, cols = np.nonzero(used)
    y = 2 * rows / max(1, used.shape[0] - 1) - 1
    x = 2 * cols / max(1, used.shape[1] - 1) - 1
    surface = np.column_stack([x, y, x * y, x * x, y * y])
    values = grey[used].astype(float)
    _, region = np.unique(labels[used], return_inverse=True)
    counts = np.bincount(region)

    def within(column: NDArray[np.float64]) -> NDArray[np.float64]:
        means = np.bincount(region, column) / counts
        return np.asarray(column - means[region])

    design = np.column_stack([within(column) for column in surface.T])
    weights = np.linalg.lstsq(design, within(values), rcond=None)[0]
    low, high = np.percentile(surface @ weights, (2.5, 97.5))
    middle = abs(float(np.median(values)))
    return float(high - low) / middle if middle else 0.0
