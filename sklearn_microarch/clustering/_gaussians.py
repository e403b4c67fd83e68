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
    r"""Weighted Gaussians :math:`\pi_c \, \mathcal{N}(\mu_c, \Sigma_c)`.

    Parameters
    ----------
    weights : ndarray of shape (n_components,)
        Positive, sum to 1.
    means : ndarray of shape (n_components, n_features)
        Finite.
    covariances : ndarray of shape (n_components, n_features, n_features)
        Positive definite, of every covariance type written out in full.

    Raises
    ------
    SingularCovarianceError
        On first use, if a covariance is not positive definite.
    """

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]

    @cached_property
    def cholesky(self) -> NDArray[np.float64]:
        r"""Lower triangles :math:`L_c` with :math:`L_c L_c^T = \Sigma_c`."""
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
        r"""Maps from :math:`(x, 1)` to :math:`(L_c^{-1} (x - \mu_c), 1)`.

        Of shape (n_components, n_features + 1, n_features + 1). With the 1 carried
        along, a single matrix product whitens a block of rows for all components,
        and the second moments of its result hold the first and the count.
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
        """Logarithm of weight times density at the mean, of each component."""
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
