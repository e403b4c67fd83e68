"""How well maps tell each region from the others: the area under the ROC curve."""

import numpy as np
from numpy.typing import NDArray

# Values are ranked in so many levels, those of one level as ties.
_N_LEVELS = 256


def rank_levels(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the level of each value among its column's, (n, k), ascending."""
    levels = np.empty(values.shape, dtype=np.int64)
    for at, column in enumerate(values.T):
        marks = np.unique(column)
        if len(marks) > _N_LEVELS:
            marks = np.unique(np.quantile(column, np.linspace(0, 1, _N_LEVELS)))
        levels[:, at] = np.searchsorted(marks[1:], column, side="right")
    return levels


def region_auc(
    levels: NDArray[np.int64], codes: NDArray[np.int64], n_regions: int
) -> NDArray[np.float64]:
    """Return the AUC (k, n_regions) of maps for each region against the others.

    Levels are (n, k), codes (n,), -1 for rows to leave out. NaN where a region has no
    rows or all of them.
    """
    kept = codes >= 0
    n_maps = levels.shape[1]
    keys = (levels[kept] + _N_LEVELS * np.arange(n_maps)) * n_regions
    counts = np.bincount(
        (keys + codes[kept, None]).ravel(), minlength=n_maps * _N_LEVELS * n_regions
    ).reshape(n_maps, _N_LEVELS, n_regions)
    others = counts.sum(axis=2, keepdims=True) - counts
    below = np.cumsum(others, axis=1) - others
    wins = (counts * (below + others / 2)).sum(axis=1)
    pairs = counts.sum(axis=1) * others.sum(axis=1)
    found = np.full(wins.shape, np.nan)
    return np.divide(wins, pairs, out=found, where=pairs > 0)


def untied_auc(
    values: NDArray[np.float64], codes: NDArray[np.int64], n_regions: int
) -> NDArray[np.float64]:
    """Return the AUC (n_regions,) of one map (n,) without ties; see `region_auc`."""
    ranks = np.empty(len(values))
    ranks[np.argsort(values)] = np.arange(1, len(values) + 1)
    counts = np.bincount(codes, minlength=n_regions)
    wins = np.bincount(codes, ranks, n_regions) - counts * (counts + 1) / 2
    pairs = counts * (len(values) - counts)
    found = np.full(n_regions, np.nan)
    return np.divide(wins, pairs, out=found, where=pairs > 0)
