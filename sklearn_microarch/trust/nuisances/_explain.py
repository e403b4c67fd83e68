"""What regions leave of a map, and how much of that each nuisance explains."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.nuisances._blocked_r2 import blocked_r2
from sklearn_microarch.trust.nuisances._predictors import (
    gradient_predictors,
    nuisance_predictors,
    region_predictors,
)
from sklearn_microarch.trust.nuisances._within import without_region_means
from sklearn_microarch.trust.nulls._surrogates import variogram


@dataclass(frozen=True, eq=False)
class Explained:
    """Shares (k,) of the variance of maps, on held-out blocks, 0 to 1.

    ``by_regions``; ``alone`` of each nuisance by name; ``both``, together with the
    regions. ``gradient_inside``: what one smooth function of position explains
    inside the largest region; ``smooth``: of what regions leave, what does not change
    over a patch.
    """

    by_regions: NDArray[np.float64]
    alone: dict[str, NDArray[np.float64]]
    both: dict[str, NDArray[np.float64]]
    gradient_inside: NDArray[np.float64]
    smooth: NDArray[np.float64]


def explain_maps(cells: TissueCells, values: NDArray[np.float64]) -> Explained:
    """Regress maps (n, k) on regions and on each nuisance, where there is a region."""
    kept = cells.annotated
    # Made of all cells, as the tissue goes on where the annotation ends.
    nuisances = {
        name: one.take(kept) for name, one in nuisance_predictors(cells).items()
    }
    inside, maps = cells.take(kept), values[kept]
    folds, regions = inside.folds(), region_predictors(inside)
    largest = inside.codes == np.bincount(inside.codes).argmax()
    left = without_region_means(maps, inside.codes)
    return Explained(
        by_regions=blocked_r2(maps, regions, folds),
        alone={name: blocked_r2(maps, one, folds) for name, one in nuisances.items()},
        both={
            name: blocked_r2(maps, regions + one, folds)
            for name, one in nuisances.items()
        },
        gradient_inside=blocked_r2(
            left[largest],
            gradient_predictors(inside.take(largest)),
            folds[largest],
        ),
        smooth=np.array([_smooth_share(inside, one) for one in left.T]),
    )


def _smooth_share(cells: TissueCells, values: NDArray[np.float64]) -> float:
    """Return the share of the variance of a map (n,) that cells a patch apart share."""
    spread = values.var()
    if not spread > 0:
        return 0.0
    changed = variogram(cells, values, np.array([max(1, round(cells.patch))]))
    return float(max(0.0, 1.0 - changed[0] / spread))
