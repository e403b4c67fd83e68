"""All that the components need to know of the rows, in two small matrices."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

# Rows converted to float64 together.
_ROWS_PER_CHUNK = 4096

# Below this share of the squared norm, the difference of traces has lost the digits
# of the objective.
_LOST_DIGITS = 1e-9


@dataclass(frozen=True)
class Statistics:
    """Sums over rows, from which components can be updated and judged."""

    gram: NDArray[np.float64]  # (n_components, n_components), of the loadings
    target: NDArray[np.float64]  # (n_components, n_features), loadings with features
    norm: float  # sum of the squares of all features

    def __add__(self, other: Self) -> "Statistics":
        return Statistics(
            self.gram + other.gram,
            self.target + other.target,
            self.norm + other.norm,
        )

    @property
    def energies(self) -> NDArray[np.float64]:
        """Sum of the squared loadings of each component, (n_components,)."""
        return np.diag(self.gram)

    def rescaled(self, lengths: NDArray[np.float64]) -> "Statistics":
        """Return the sums for loadings multiplied by these lengths (n_components,)."""
        return replace(
            self,
            gram=self.gram * lengths[:, np.newaxis] * lengths,
            target=self.target * lengths[:, np.newaxis],
        )

    def reordered(self, order: NDArray[np.intp]) -> "Statistics":
        """Return the sums for components in another order (n_components,)."""
        return replace(
            self, gram=self.gram[np.ix_(order, order)], target=self.target[order]
        )

    def objective(self, components: NDArray[np.floating]) -> float:
        """Return the squared Frobenius norm of the residual.

        NaN where rounding leaves too few digits: it is less than 3e-5 of the data.
        """
        H = components.astype(np.float64)
        explained = 2.0 * np.sum(self.target * H)
        modelled = np.sum(self.gram * (H @ H.T))
        objective = float(self.norm - explained + modelled)
        return objective if objective > _LOST_DIGITS * self.norm else np.nan


def empty_statistics(n_components: int, n_features: int) -> Statistics:
    """Return the statistics of no rows."""
    gram = np.zeros((n_components, n_components))
    return Statistics(gram, np.zeros((n_components, n_features)), 0.0)


def gather_statistics(
    X: NDArray[np.floating], loadings: NDArray[np.float64], *, unit: float
) -> Statistics:
    """Return statistics of a batch of rows and loadings, in squares of the unit."""
    gram = np.zeros((loadings.shape[1], loadings.shape[1]))
    target = np.zeros((loadings.shape[1], X.shape[1]))
    norm = 0.0
    for start in range(0, len(X), _ROWS_PER_CHUNK):
        rows = X[start : start + _ROWS_PER_CHUNK].astype(np.float64)
        weights = loadings[start : start + _ROWS_PER_CHUNK]
        if unit != 1.0:
            rows, weights = rows / unit, weights / unit
        gram += weights.T @ weights
        target += weights.T @ rows
        norm += float(np.einsum("ij,ij->", rows, rows))
    return Statistics(gram, target, norm)


def unit_of(largest: float) -> float:
    """Return a power of two by which numbers can be divided to be squared.

    One, unless squares would come near the ends of the range of floats.
    """
    if largest == 0.0 or 1e-50 < largest < 1e50:
        return 1.0
    return float(np.ldexp(1.0, np.frexp(largest)[1] - 1))
