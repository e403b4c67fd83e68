"""How much of a map some predictors explain, on blocks that were held out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Keeps columns that say the same from being unsolvable; of a standard column of n
# rows it takes away nothing that shows.
_LEAST_PENALTY = 1e-6


@dataclass(frozen=True, eq=False)
class Predictors:
    """Columns (n, p) that a map is regressed on, and the ridge penalty (p,) of each."""

    columns: NDArray[np.float64]
    penalty: NDArray[np.float64]

    def __add__(self, other: "Predictors") -> "Predictors":
        return Predictors(
            np.hstack([self.columns, other.columns]),
            np.concatenate([self.penalty, other.penalty]),
        )

    def take(self, kept: NDArray[np.bool_]) -> "Predictors":
        """Return those of some rows."""
        return Predictors(self.columns[kept], self.penalty)


def free(columns: NDArray) -> Predictors:
    """Return columns (n, p) without a penalty."""
    return Predictors(columns.astype(float), np.zeros(columns.shape[1]))


def blocked_r2(
    values: NDArray[np.float64], predictors: Predictors, folds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the share (k,) of the variance of maps (n, k) explained where held out.

    0 where predictors do no better than the mean, or a map does not vary.
    """
    rest = np.empty_like(values)
    centred, columns = values - values.mean(axis=0), predictors.columns
    # What is known of all rows, less that of the fold, is known of the others.
    gram, moments = columns.T @ columns, columns.T @ centred
    least = _LEAST_PENALTY * (np.trace(gram) / len(gram) + 1)
    for fold in np.unique(folds):
        test = folds == fold
        own = columns[test]
        known = gram - own.T @ own
        known[np.diag_indices_from(known)] += predictors.penalty + least
        weights = np.linalg.solve(known, moments - own.T @ centred[test])
        rest[test] = centred[test] - own @ weights
    total = (centred**2).sum(axis=0)
    share = 1 - np.divide(
        (rest**2).sum(axis=0), total, out=np.ones(len(total)), where=total > 0
    )
    return np.maximum(share, 0.0)


def ridge_residuals(
    values: NDArray[np.float64], predictors: Predictors
) -> NDArray[np.float64]:
    """Return what predictors leave of maps (n, k), fitted to all rows."""
    centred, columns = values - values.mean(axis=0), predictors.columns
    gram = columns.T @ columns
    least = _LEAST_PENALTY * (np.trace(gram) / len(gram) + 1)
    gram[np.diag_indices_from(gram)] += predictors.penalty + least
    left: NDArray[np.float64] = centred - columns @ np.linalg.solve(
        gram, columns.T @ centred
    )
    return left
