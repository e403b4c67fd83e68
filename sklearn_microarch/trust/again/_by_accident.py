"""How well random maps would agree with other networks' maps inside regions.

A map is compared with the best of a network's maps, and a smooth map that varies in a
few places finds one that is a little like it. So random maps with the grain that it has
inside regions are given the same choice.
"""

from collections.abc import Sequence

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.again._agreement import correlations
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork
from sklearn_microarch.trust.nuisances._within import without_region_means
from sklearn_microarch.trust.nulls._maximum import corrected_p_values
from sklearn_microarch.trust.nulls._surrogates import draw_surrogate, fit_grain

# More draws tell little more, as what agrees by .5 lies far above nearly all of them.
MOST_DRAWS = 199
# Random maps that are compared with a network at a time.
_AT_ONCE = 20


def agree_by_accident(
    cells: TissueCells,
    ours: MapsOfNetwork,
    others: Sequence[MapsOfNetwork],
    within: NDArray[np.float64],
    *,
    n_draws: int,
    rng: RandomState,
) -> NDArray[np.float64]:
    """Return p values (k,) of agreement ``within`` (k,) regions, factors first.

    Of the median over networks, as that is what is judged: one network that agrees by
    accident does not make it. Corrected for all maps; NaN without other networks.
    """
    if not others:
        return np.full(len(within), np.nan)
    kept = cells.annotated
    inside = cells.take(kept)
    null = []
    for kind in ("factors", "clusters"):
        left = without_region_means(getattr(ours, kind)[kept], inside.codes)
        theirs = [
            without_region_means(getattr(one, kind)[kept], inside.codes)
            for one in others
        ]
        null += [_best_of_random(inside, one, theirs, n_draws, rng) for one in left.T]
    return corrected_p_values(within, np.column_stack(null))


def _best_of_random(
    inside: TissueCells,
    left: NDArray[np.float64],
    theirs: Sequence[NDArray[np.float64]],
    n_draws: int,
    rng: RandomState,
) -> NDArray[np.float64]:
    """Return the median over networks of the best correlation (b,) of random maps.

    They have the grain of a map (n,) without its region means, and none either.
    """
    grain = fit_grain(inside, left, rng, within_regions=True)
    found = []
    n_draws = min(n_draws, MOST_DRAWS)
    for first in range(0, n_draws, _AT_ONCE):
        drawn = np.column_stack(
            [
                draw_surrogate(inside, grain, rng)
                for _ in range(min(_AT_ONCE, n_draws - first))
            ]
        )
        drawn = without_region_means(drawn, inside.codes)
        best = [correlations(drawn, one).max(axis=1, initial=0.0) for one in theirs]
        found.append(np.median(best, axis=0))
    return np.concatenate(found)
