"""Whether factors are found again in the other half of the tissue."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from sklearn_microarch.model_selection.settings._folds import BlockedRows
from sklearn_microarch.model_selection.settings._held_out import fit_factors

# Maps of one factor are as alike as this, or it is another factor.
SAME_FACTOR = 0.8


def factors_found_again(
    X: NDArray[np.floating],
    k: int,
    tissue: BlockedRows,
    n_halvings: int,
    rng: RandomState,
) -> NDArray[np.float64]:
    """Return the share of factors (n_halvings,) that both halves of the blocks find.

    Factors are matched one to one by the correlation of their loadings over all rows.
    """
    shares = []
    for _ in range(n_halvings):
        one, other = (
            fit_factors(X[rows], k, rng).transform(X) for rows in tissue.halves(rng)
        )
        alike = _correlations(one, other)
        pairs = linear_sum_assignment(-alike)
        shares.append(float((alike[pairs] >= SAME_FACTOR).mean()))
    return np.array(shares)


def _correlations(
    one: NDArray[np.floating], other: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return the correlation of each column with each; 0 for a constant one."""
    scaled = []
    for values in (one, other):
        centred = values - values.mean(axis=0, dtype=np.float64)
        length = np.linalg.norm(centred, axis=0)
        scaled.append(centred / np.where(length > 0, length, np.inf))
    return scaled[0].T @ scaled[1]
