"""Match factors to regions one to one: greedily, as published, or optimally."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

# Part of the largest score by which two totals may differ and still be a tie.
_TIE_TOL = 1e-9


def match_greedily(
    scores: NDArray[np.float64], n_pairs: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return factors and regions of pairs by score (n_factors, n_regions), best first.

    Each is used at most once. A tie goes to the lowest factor, then the lowest region.
    """
    remaining = scores.copy()
    pairs = np.empty((n_pairs, 2), dtype=np.intp)
    for rank in range(n_pairs):
        factor, region = np.unravel_index(remaining.argmax(), remaining.shape)
        pairs[rank] = factor, region
        remaining[factor, :] = -np.inf
        remaining[:, region] = -np.inf
    return pairs[:, 0], pairs[:, 1]


def match_optimally(
    scores: NDArray[np.float64], n_pairs: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return factors and regions of the pairs with the largest sum, best pair first.

    Of several such matchings it is the one whose lowest factor is lowest, then that
    factor's region, then the next factor, and so on. Scores are (n_factors, n_regions).
    """
    n_factors, n_regions = scores.shape
    slack = _TIE_TOL * float(np.abs(scores).max())
    missing = _best_total(scores, n_pairs) - slack
    free = np.ones(n_regions, dtype=bool)
    pairs: list[tuple[int, int]] = []
    for factor in range(n_factors):
        n_left = n_pairs - len(pairs)
        if n_left == 0:
            break
        for region in np.flatnonzero(free):
            others = free.copy()
            others[region] = False
            rest = _best_total(scores[factor + 1 :, others], n_left - 1)
            if scores[factor, region] + rest >= missing:
                pairs.append((factor, int(region)))
                missing -= scores[factor, region]
                free = others
                break
    factors, regions = np.array(pairs, dtype=np.intp).T
    best_first = np.argsort(-scores[factors, regions], kind="stable")
    return factors[best_first], regions[best_first]


def _best_total(scores: NDArray[np.float64], n_pairs: int) -> float:
    """Return the largest sum of exactly ``n_pairs`` pairs, -inf if there are none.

    Each surplus factor is paired with a stand-in region and each surplus region
    with a stand-in factor, at no gain; two stand-ins may not meet.
    """
    n_factors, n_regions = scores.shape
    if n_pairs > min(n_factors, n_regions):
        return -np.inf
    if n_pairs == 0:
        return 0.0
    surplus_factors, surplus_regions = n_factors - n_pairs, n_regions - n_pairs
    padded = np.zeros((n_factors + surplus_regions, n_regions + surplus_factors))
    padded[:n_factors, :n_regions] = scores
    padded[n_factors:, n_regions:] = -np.inf
    rows, columns = linear_sum_assignment(padded, maximize=True)
    return float(padded[rows, columns].sum())
