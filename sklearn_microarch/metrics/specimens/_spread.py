"""How far the means of specimens lie apart, within their groups."""

from itertools import combinations
from math import ceil

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def spread_of(means: Floats, variances: Floats, groups: NDArray[np.intp]) -> Floats:
    """Return the spread of specimens in standard errors of a mean, (..., n_values).

    ``means`` and ``variances`` are (..., n_specimens, n_values), ``groups``
    (n_specimens,): the square root of the variance between specimens of one group over
    the mean variance of a mean. Of two specimens it is Welch's t.
    """
    squares, freedom = np.zeros(means.shape[:-2] + means.shape[-1:]), 0
    for group in np.unique(groups):
        here = means[..., groups == group, :]
        squares += ((here - here.mean(axis=-2, keepdims=True)) ** 2).sum(axis=-2)
        freedom += here.shape[-2] - 1
    between, within = squares / freedom, variances.mean(axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Values that vary nowhere have no spread.
        return np.sqrt(np.where(between > 0, between / within, 0.0))


def pairs_within(groups: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Return the pairs of specimens that are of one group."""
    found = combinations(range(len(groups)), 2)
    return [(one, other) for one, other in found if groups[one] == groups[other]]


def farthest_pair(means: Floats, groups: NDArray[np.intp]) -> tuple[int, int]:
    """Return which two specimens of one group differ most, that of more first.

    ``means`` are (n_specimens,).
    """
    one, other = max(
        pairs_within(groups), key=lambda pair: abs(means[pair[0]] - means[pair[1]])
    )
    return (one, other) if means[one] >= means[other] else (other, one)


def distances_of(shares: Floats, groups: NDArray[np.intp]) -> Floats:
    """Return total variation distances (..., n_pairs) of specimens of one group.

    ``shares`` are (..., n_specimens, n_clusters); pairs are as `pairs_within` has them.
    """
    one, other = np.array(pairs_within(groups)).T
    return np.abs(shares[..., one, :] - shares[..., other, :]).sum(axis=-1) / 2


def percentile_of(values: Floats, share: float) -> Floats:
    """Return the value that a share of them, along the first axis, lies below.

    One of the values: of infinite ones no mean can be taken.
    """
    place = ceil(share * (len(values) + 1)) - 1
    ordered: Floats = np.sort(values, axis=0)
    found: Floats = ordered[min(max(place, 0), len(values) - 1)]
    return found


def ratio_of(more: Floats, less: Floats) -> Floats:
    """Return how many times as much; infinite where there is none of the less.

    NaN where one is negative, so that no ratio tells.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((more == 0) & (less == 0), 1.0, more / less)
    return np.where((more < 0) | (less < 0), np.nan, ratio)
