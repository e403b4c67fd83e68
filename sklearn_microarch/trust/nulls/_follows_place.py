"""Does a map follow the regions more than random maps of its own grain do."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.nulls._follows_region import best_auc
from sklearn_microarch.trust.nulls._maximum import corrected_p_values
from sklearn_microarch.trust.nulls._region_auc import (
    rank_levels,
    region_auc,
    untied_auc,
)
from sklearn_microarch.trust.nulls._surrogates import (
    Grain,
    draw_surrogate,
    fit_grain,
)


def follow_place(
    cells: TissueCells, values: NDArray[np.float64], n_draws: int, rng: RandomState
) -> NDArray[np.float64]:
    """Return p values (k,) of maps (n, k), corrected for all of them."""
    kept, n_regions = cells.annotated, len(cells.regions)
    codes = cells.codes[kept]
    observed = best_auc(region_auc(rank_levels(values[kept]), codes, n_regions))
    null, own = np.empty((n_draws, values.shape[1])), cells.take(kept)
    for at, one in enumerate(values.T):
        grain = fit_grain(cells, one, rng)
        for number in range(n_draws):
            null[number, at] = best_of_random(own, grain, rng)
    return corrected_p_values(observed, null)


def best_of_random(inside: TissueCells, grain: Grain, rng: RandomState) -> float:
    """Return the best AUC of a random map of a grain, over annotated cells."""
    drawn = draw_surrogate(inside, grain, rng)
    found = untied_auc(drawn, inside.codes, len(inside.regions))
    return float(np.nan_to_num(found).max())
