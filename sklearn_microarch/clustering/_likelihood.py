"""How likely rows are under a fitted mixture, and what its parameters cost."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.mixture import GaussianMixture
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_microarch.clustering._mixture import evaluate_in_blocks, mixture_context


class MixtureLikelihoodMixin:
    """Likelihoods and information criteria for an estimator with a ``mixture_``."""

    mixture_: GaussianMixture

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
        """
        rows = self._check_rows(X)
        return evaluate_in_blocks(self.mixture_.score_samples, rows)

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
        """
        rows = self._check_rows(X)
        with mixture_context():
            return float(self.mixture_.bic(rows.astype(np.float64)))

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
        """
        rows = self._check_rows(X)
        with mixture_context():
            return float(self.mixture_.aic(rows.astype(np.float64)))

    def _check_rows(self, X: ArrayLike) -> NDArray[np.floating]:
        check_is_fitted(self, "mixture_")
        return validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
