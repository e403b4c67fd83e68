"""Whether clusters of one half of the tissue are those of the other."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.metrics import adjusted_rand_score


def agreement_of_halves(
    X: NDArray[np.floating],
    blocks: NDArray[np.int64],
    clusterer: BaseEstimator,
    n_halvings: int,
    rng: RandomState,
) -> NDArray[np.float64]:
    """Return adjusted Rand indices (n_halvings,) of clusters of two halves of blocks.

    Clusters of rows (n, d) are those of all rows, by what either half has learned;
    ``blocks`` (n,) count from 0.
    """
    n_blocks, found = int(blocks.max()) + 1, []
    for _ in range(n_halvings):
        first = (rng.permutation(n_blocks) < n_blocks // 2)[blocks]
        one, other = (
            _seeded(clusterer, rng).fit(X[half]).predict(X) for half in (first, ~first)
        )
        found.append(float(adjusted_rand_score(one, other)))
    return np.array(found)


def _seeded(clusterer: BaseEstimator, rng: RandomState) -> BaseEstimator:
    """Return a clone with a seed of its own, where it takes one."""
    seed, fresh = rng.randint(2**31 - 1), clone(clusterer)
    if "random_state" in fresh.get_params():
        fresh.set_params(random_state=seed)
    return fresh
