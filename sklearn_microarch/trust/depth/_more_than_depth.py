"""Does a map that marks layers say more than a smooth function of depth does."""

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.depth._bands import DepthBands, find_bands, redraw_within
from sklearn_microarch.trust.nuisances._blocked_r2 import blocked_r2, free
from sklearn_microarch.trust.nuisances._predictors import region_predictors
from sklearn_microarch.trust.nulls._maximum import corrected_p_values

# Of most of its cells the depth is known: then a region is a layer.
_MOSTLY = 0.5
# A smooth function of depth bends twice at most, as stain does that fades.
_DEGREE = 3


@dataclass(frozen=True, eq=False)
class DepthTest:
    """What depth explains of maps (k), and whether layers say more.

    ``by_depth`` and ``by_labels`` (k,) are shares of the variance where depth is known,
    on held-out blocks. ``p_value`` (k,): labels redrawn within bands of depth are
    followed as well; NaN where no band holds two labels.
    """

    by_depth: NDArray[np.float64]
    by_labels: NDArray[np.float64]
    p_value: NDArray[np.float64]


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
    powers = _powers(own.depths, _DEGREE)
    return DepthTest(
        by_depth=blocked_r2(maps, free(powers), folds),
        by_labels=blocked_r2(maps, region_predictors(own), folds),
        p_value=_against_bands(own, maps, n_draws, rng),
    )


def _against_bands(
    cells: TissueCells, values: NDArray[np.float64], n_draws: int, rng: RandomState
) -> NDArray[np.float64]:
    """Return p values (k,), corrected for all maps; NaN where bands hold one label."""
    bands = find_bands(cells)
    labels = np.eye(len(cells.regions))[cells.codes[bands.order]]
    observed = labels - _band_means(bands, labels)
    if not np.abs(observed).max(initial=0.0) > 0:
        return np.full(values.shape[1], np.nan)
    left = _beside_depth(bands, cells.depths[bands.order], values[bands.order])
    null = np.empty((n_draws, values.shape[1]))
    for number in range(n_draws):
        drawn = labels[redraw_within(bands, rng)]
        null[number] = _explained_by(drawn - _band_means(bands, drawn), left)
    return corrected_p_values(_explained_by(observed, left), null)


def _explained_by(
    marks: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the sum of squares of maps (m, k) that columns (m, p) explain."""
    moments = marks.T @ values
    inverse = np.linalg.pinv(marks.T @ marks, rcond=1e-9)
    explained: NDArray[np.float64] = (moments * (inverse @ moments)).sum(axis=0)
    return explained


def _beside_depth(
    bands: DepthBands, depth: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return maps (m, k) less their mean in each band, and its slope along depth."""
    left = values - _band_means(bands, values)
    slope = depth - _band_means(bands, depth[:, None])[:, 0]
    spread = np.bincount(bands.bands, slope**2)
    for column in left.T:
        weight = np.bincount(bands.bands, slope * column)
        per_band = np.divide(
            weight, spread, out=np.zeros(len(spread)), where=spread > 1e-12
        )
        column -= per_band[bands.bands] * slope
    return left


def _band_means(bands: DepthBands, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean (m, k) of each one's band."""
    counts = np.bincount(bands.bands)
    means = [np.bincount(bands.bands, one) / counts for one in values.T]
    return np.column_stack(means)[bands.bands]


def _powers(depth: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    low, high = depth.min(), depth.max()
    scaled = 2 * (depth - low) / max(high - low, 1e-12) - 1
    return np.asarray(np.polynomial.legendre.legvander(scaled, degree))
