"""The parameters of a Gaussian mixture, and how its components whiten rows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.exceptions import SingularCovarianceError

_SINGULAR = (
    "A cluster has an ill-defined empirical covariance: its rows do not vary in all "
    "directions, and its likelihood has no bound. Increase reg_covar, or ask for "
    "fewer clusters."
)


@dataclass(frozen=True, eq=False)
class Gaussians:
    """Weighted Gaussians; a covariance that is singular is an error on first use."""

    weights: NDArray[np.float64]  # (n_components,), sum to 1
    means: NDArray[np.float64]  # (n_components, n_features)
    # (n_components, n_features, n_features), of every type written out in full
    covariances: NDArray[np.float64]

    @cached_property
    def cholesky(self) -> NDArray[np.float64]:
        """Lower triangles (n_components, n_features, n_features) of the covariances."""
        try:
            factors = np.asarray(np.linalg.cholesky(self.covariances), np.float64)
        except np.linalg.LinAlgError as error:
            raise SingularCovarianceError(_SINGULAR) from error
        # The factorization lets a NaN pass.
        if not np.isfinite(factors).all():
            raise SingularCovarianceError(_SINGULAR)
        return factors

    @cached_property
    def whitening(self) -> NDArray[np.float64]:
        """Maps from (x, 1) to (L_c^-1 (x - mean_c), 1), square for each component.

        With the 1 carried along, a single matrix product whitens a batch of rows for
        all components, and its second moments hold the first and the count.
        """
        n_components, n_features = self.means.shape
        maps = np.zeros((n_components, n_features + 1, n_features + 1))
        inverses = np.tril(np.linalg.inv(self.cholesky))
        maps[:, :-1, :-1] = inverses
        maps[:, :-1, -1] = -np.einsum("cij,cj->ci", inverses, self.means)
        maps[:, -1, -1] = 1.0
        return maps

    @cached_property
    def log_peaks(self) -> NDArray[np.float64]:
        """Logarithm of weight times density at the mean, (n_components,)."""
        diagonals = np.diagonal(self.cholesky, axis1=1, axis2=2)
        return (
            np.log(self.weights)
            - np.log(diagonals).sum(axis=1)
            - 0.5 * self.means.shape[1] * np.log(2 * np.pi)
        )

    def in_order(self) -> "Gaussians":
        """Return the same mixture, by descending weight."""
        order = np.argsort(-self.weights, kind="stable")
        return Gaussians(
            self.weights[order], self.means[order], self.covariances[order]
        )
