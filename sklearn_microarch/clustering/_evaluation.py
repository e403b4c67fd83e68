"""What a fitted mixture says of rows: clusters, posteriors and likelihoods."""

import math

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray
from sklearn.base import TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_microarch._arguments._matrix import check_rows_as_fitted
from sklearn_microarch._arguments._numbers import check_integer, shown
from sklearn_microarch.clustering._covariance_types import (
    CovarianceType,
    count_covariance_parameters,
    expand_covariances,
)
from sklearn_microarch.clustering._densities import (
    log_likelihoods,
    predict_labels,
    predict_posteriors,
)
from sklearn_microarch.clustering._gaussians import Gaussians


# A TransformerMixin, since set_output works only where transform is defined.
class MixtureEvaluationMixin(TransformerMixin):
    """Evaluation of rows for an estimator that has the parameters of a mixture."""

    covariance_type: CovarianceType
    random_state: int | RandomState | None
    weights_: NDArray[np.float64]
    means_: NDArray[np.float64]
    covariances_: NDArray[np.float64]
    _fitted_covariance_type: CovarianceType

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return the cluster of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite rows.

        Returns
        -------
        labels : ndarray of shape (n_samples,), dtype int64
            Number of the most probable cluster, 0 .. n_clusters - 1.

        Raises
        ------
        ValueError
            If ``X`` has another number of features than in ``fit``, is not finite, or
            is farther from every cluster than a likelihood can tell (about 1e154
            standard deviations), or if ``covariance_type`` is not that of ``fit``.
        """
        return predict_labels(self._check_rows(X), self._mixture())

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the posterior of each cluster for each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite rows.

        Returns
        -------
        posteriors : ndarray of shape (n_samples, n_clusters), dtype float64
            Each row sums to 1.

        Raises
        ------
        ValueError
            If ``X`` has another number of features than in ``fit``, is not finite, or
            is farther from every cluster than a likelihood can tell (about 1e154
            standard deviations), or if ``covariance_type`` is not that of ``fit``.
        """
        return predict_posteriors(self._check_rows(X), self._mixture())

    def transform(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the posteriors, as ``predict_proba`` does.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite rows.

        Returns
        -------
        posteriors : ndarray of shape (n_samples, n_clusters), dtype float64
            Each row sums to 1.

        Raises
        ------
        ValueError
            If ``X`` has another number of features than in ``fit``, is not finite, or
            is farther from every cluster than a likelihood can tell (about 1e154
            standard deviations), or if ``covariance_type`` is not that of ``fit``.
        """
        return self.predict_proba(X)

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the log-likelihood of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite rows.

        Returns
        -------
        log_likelihood : ndarray of shape (n_samples,), unit: nats
            Natural logarithm of the density of the mixture at each row.

        Raises
        ------
        ValueError
            If ``X`` has another number of features than in ``fit``, is not finite, or
            is farther from every cluster than a likelihood can tell (about 1e154
            standard deviations), or if ``covariance_type`` is not that of ``fit``.
        """
        return log_likelihoods(self._check_rows(X), self._mixture())

    def sample(
        self, n_samples: int = 1
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Draw rows from the mixture.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features), dtype float64
            Rows, those of one cluster together. They may be negative, which no
            loading is.
        labels : ndarray of shape (n_samples,), dtype int64
            Cluster that each row was drawn from.

        Raises
        ------
        TypeError, ValueError
            If ``n_samples`` is no integer of at least 1.
        """
        check_is_fitted(self, "covariances_")
        n_samples = check_integer("n_samples", n_samples, minimum=1)
        rng = check_random_state(self.random_state)
        mixture = self._mixture()
        # Their sum may be above 1 by rounding, which is refused there.
        counts = rng.multinomial(n_samples, mixture.weights / mixture.weights.sum())
        rows = np.concatenate(
            [
                mean + rng.standard_normal((count, len(mean))) @ factor.T
                for mean, factor, count in zip(
                    mixture.means, mixture.cholesky, counts, strict=True
                )
            ]
        )
        labels = np.repeat(np.arange(len(counts)), counts)
        return rows, labels

    @property
    def precisions_(self) -> NDArray[np.float64]:
        """Inverses of the covariances, in the shape of ``covariances_``."""
        check_is_fitted(self, "covariances_")
        if self._fitted_covariance_type in ("full", "tied"):
            return np.asarray(np.linalg.inv(self.covariances_), dtype=np.float64)
        return 1 / self.covariances_

    def bic(self, X: ArrayLike) -> float:
        """Return the Bayesian information criterion; lower is better.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite rows.

        Returns
        -------
        bic : float
            With a penalty of ``log(n_samples)`` for each parameter.

        Raises
        ------
        ValueError
            If ``X`` has another number of features than in ``fit``, is not finite, or
            is farther from every cluster than a likelihood can tell (about 1e154
            standard deviations), or if ``covariance_type`` is not that of ``fit``.
        """
        values = self.score_samples(X)
        return self._n_parameters() * math.log(len(values)) - 2 * float(values.sum())

    def aic(self, X: ArrayLike) -> float:
        """Return the Akaike information criterion; lower is better.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite rows.

        Returns
        -------
        aic : float
            With a penalty of 2 for each parameter.

        Raises
        ------
        ValueError
            If ``X`` has another number of features than in ``fit``, is not finite, or
            is farther from every cluster than a likelihood can tell (about 1e154
            standard deviations), or if ``covariance_type`` is not that of ``fit``.
        """
        return 2 * self._n_parameters() - 2 * float(self.score_samples(X).sum())

    @property
    def _n_features_out(self) -> int:
        return len(self.weights_)

    def _check_rows(self, X: ArrayLike) -> NDArray:
        check_is_fitted(self, "covariances_")
        if self.covariance_type != self._fitted_covariance_type:
            raise ValueError(
                f"covariance_type={shown(self.covariance_type)} was set after fit, "
                f"which used {self._fitted_covariance_type!r}; fit again, or set it "
                "back."
            )
        return check_rows_as_fitted(self, X, dtype="numeric")

    def _mixture(self) -> Gaussians:
        n_components, n_features = self.means_.shape
        covariances = expand_covariances(
            self.covariances_, n_components, n_features, self._fitted_covariance_type
        )
        return Gaussians(self.weights_, self.means_, covariances)

    def _n_parameters(self) -> int:
        """Return the number of free parameters."""
        n_components, n_features = self.means_.shape
        n_covariances = count_covariance_parameters(
            n_components, n_features, self.covariance_type
        )
        return n_components - 1 + self.means_.size + n_covariances
