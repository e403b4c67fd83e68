"""Does a map that marks layers say more than a smooth function of depth does."""

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.again._agreement import correlations
from sklearn_microarch.trust.depth._bands import DepthBands, find_bands
from sklearn_microarch.trust.depth._waves import find_waves, redraw_waves
from sklearn_microarch.trust.nuisances._blocked_r2 import blocked_r2, free
from sklearn_microarch.trust.nuisances._predictors import region_predictors
from sklearn_microarch.trust.nulls._maximum import corrected_p_values
from sklearn_microarch.trust.nulls._slices_needed import slices_needed

# Of most of its cells the depth is known: then a region is a layer.
_MOSTLY = 0.5
# A smooth function of depth bends twice at most, as stain does that fades.
_DEGREE = 3


@dataclass(frozen=True, eq=False)
class DepthTest:
    """What depth explains of maps (k), and whether layers say more.

    ``by_depth`` and ``by_labels`` (k,) are shares of the variance where depth is known,
    on held-out blocks. ``p_value`` (k,): redrawn within bands of depth, they follow a
    layer as well; NaN where no band holds two labels. ``slices`` (k,): how many would
    tell, see `slices_needed`.
    """

    by_depth: NDArray[np.float64]
    by_labels: NDArray[np.float64]
    p_value: NDArray[np.float64]
    slices: NDArray[np.int64]


def find_layers(cells: TissueCells) -> NDArray[np.bool_]:
    """Return which regions (n_regions,) lie in depth; none where they are not two."""
    n_regions, kept = len(cells.regions), cells.annotated
    codes, known = cells.codes[kept], np.isfinite(cells.depths[kept])
    counts = np.bincount(codes, minlength=n_regions)
    layers = np.bincount(codes[known], minlength=n_regions) > _MOSTLY * counts
    return layers & (layers.sum() > 1)


def more_than_depth(
    cells: TissueCells, values: NDArray[np.float64], n_draws: int, rng: RandomState
) -> DepthTest:
    """Ask of maps (n, k) whether they follow layers more than they follow depth.

    There must be layers (`find_layers`). P values are corrected for all maps given.
    """
    is_layer = find_layers(cells)
    inside = np.isfinite(cells.depths) & cells.annotated
    inside &= is_layer[np.maximum(cells.codes, 0)]
    own, maps = cells.take(inside), values[inside]
    folds = own.folds()
    p_value, slices = _against_bands(own, maps, n_draws, rng)
    powers = _powers(own.depths, _DEGREE)
    return DepthTest(
        by_depth=blocked_r2(maps, free(powers), folds),
        by_labels=blocked_r2(maps, region_predictors(own), folds),
        p_value=p_value,
        slices=slices,
    )


def _against_bands(
    cells: TissueCells, values: NDArray[np.float64], n_draws: int, rng: RandomState
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return p values (k,), NaN where bands hold one label, and slices needed."""
    bands = find_bands(cells)
    labels = np.eye(len(cells.regions))[cells.codes[bands.order]]
    marks = labels - _band_means(bands, labels)
    if not np.abs(marks).max(initial=0.0) > 0:
        n_maps = values.shape[1]
        return np.full(n_maps, np.nan), np.zeros(n_maps, dtype=np.int64)
    depth = cells.depths[bands.order]
    slope = depth - _band_means(bands, depth[:, None])[:, 0]
    left = _beside_depth(bands, slope, values[bands.order])
    waves = find_waves(bands, left)
    null = np.empty((n_draws, values.shape[1]))
    for number in range(n_draws):
        redrawn = _beside_depth(bands, slope, redraw_waves(waves, rng))
        null[number] = _best_layer(marks, redrawn)
    observed, n_slices = _best_layer(marks, left), len(np.unique(bands.slices))
    return (
        corrected_p_values(observed, null),
        slices_needed(observed, null, n_slices),
    )


def _best_layer(
    marks: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the best correlation of maps (m, k) with a layer's column of (m, p)."""
    return correlations(marks, values).max(axis=0)


def _beside_depth(
    bands: DepthBands, slope: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return maps (m, k) less their mean in each band, and their slope along depth.

    ``slope`` (m,) is the depth less its mean in each band.
    """
    left = values - _band_means(bands, values)
    spread = np.bincount(bands.bands, slope**2)
    weights = np.column_stack([np.bincount(bands.bands, slope * one) for one in left.T])
    per_band = np.divide(
        weights,
        spread[:, None],
        out=np.zeros(weights.shape),
        where=spread[:, None] > 1e-12,
    )
    return left - per_band[bands.bands] * slope[:, None]


def _band_means(bands: DepthBands, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean (m, k) of each one's band."""
    counts = np.bincount(bands.bands)
    means = [np.bincount(bands.bands, one) / counts for one in values.T]
    return np.column_stack(means)[bands.bands]


def _powers(depth: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    low, high = depth.min(), depth.max()
    scaled = 2 * (depth - low) / max(high - low, 1e-12) - 1
    return np.asarray(np.polynomial.legendre.legvander(scaled, degree))
