"""How many slices that show a map as well would tell it from chance, also in words."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sklearn_microarch.trust._limits import MOST_P
from sklearn_microarch.trust.nulls._maximum import own_ranks

# A guess from one p value; beyond this, it says nothing.
_MOST_SLICES = 20


def slices_needed(
    observed: NDArray[np.float64], null: NDArray[np.float64], n_slices: int
) -> NDArray[np.int64]:
    """Return how many slices (k,) it would take, 0 where that cannot be guessed.

    Chance spreads over ``n`` slices as it does over one, less by the root of ``n``, so
    that as normal deviates p values grow by it. As many maps must be told apart. For
    statistics (k,) that were seen in ``n_slices``, and under chance (b, k).
    """
    n_draws, n_maps = null.shape
    own = own_ranks(np.vstack([observed, null]))[0] / (n_draws + 1)
    seen, limit = stats.norm.isf(own), stats.norm.isf(MOST_P / n_maps)
    share = np.divide(limit, seen, out=np.full(n_maps, np.inf), where=seen > 0)
    needed = np.ceil(np.minimum(n_slices * share**2, _MOST_SLICES + 1))
    # It is asked only of what was not told apart, which more than these must do.
    needed = np.maximum(needed, n_slices + 1).astype(np.int64)
    return np.where(needed > _MOST_SLICES, 0, needed)


def slices_or_animals(slices: int) -> str:
    """Return how many slices would tell, or that animals would where 0 are known."""
    if not slices:
        return "more animals"
    return f"about {slices} slices that show it as well, or more animals,"
