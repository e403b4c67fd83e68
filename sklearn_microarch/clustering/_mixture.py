"""A Gaussian mixture of scikit-learn, fitted to loadings and put in order."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.mixture import GaussianMixture
from sklearn.utils import gen_batches
from threadpoolctl import threadpool_limits

# Rows evaluated together, so that memory does not grow with the map.
_ROWS_PER_BLOCK = 65_536

CovarianceType = Literal["full", "tied", "diag", "spherical"]


@contextmanager
def mixture_context() -> Iterator[None]:
    """Surround every call of a held mixture.

    Array API dispatch is off, which the mixture would apply to NumPy arrays. And
    there is one thread: the products are so narrow that more only cost, and with
    one the result is the same on any number of cores.
    """
    with config_context(array_api_dispatch=False), threadpool_limits(limits=1):
        yield


def fit_mixture(
    X: NDArray[np.float64],
    n_components: int,
    *,
    covariance_type: CovarianceType,
    tol: float,
    max_iter: int,
    n_init: int,
    reg_covar: float,
    seed: int,
) -> GaussianMixture:
    """Fit a mixture from k-means starts, with components by descending weight.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), dtype float64
        Finite, at least ``n_components`` rows.
    n_components, covariance_type, tol, max_iter, n_init
        As for `sklearn.mixture.GaussianMixture`.
    reg_covar : float
        Added to the variances, as a share of the mean variance of the
        features; as it is where the features are constant.
    seed : int
        Seed of the starts.

    Returns
    -------
    mixture : GaussianMixture
        Fitted; all its arrays follow the same order.
    """
    mean_variance = float(X.var(axis=0).mean())
    mixture = GaussianMixture(
        n_components,
        covariance_type=covariance_type,
        tol=tol,
        max_iter=max_iter,
        n_init=n_init,
        reg_covar=reg_covar * (mean_variance or 1.0),
        init_params="kmeans",
        random_state=seed,
    )
    with mixture_context():
        mixture.fit(X)
    order = np.argsort(-mixture.weights_, kind="stable")
    names = ["weights_", "means_"]
    # Tied components share one covariance, which has no order.
    if covariance_type != "tied":
        names += ["covariances_", "precisions_", "precisions_cholesky_"]
    for name in names:
        setattr(mixture, name, getattr(mixture, name)[order])
    return mixture


def draw_rows(
    X: NDArray[np.floating],
    n_clusters: int,
    max_samples: int | None,
    generator: RandomState,
) -> NDArray[np.float64]:
    """Return the rows to fit to, in float64.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        All rows.
    n_clusters : int
        Fewest rows that will do.
    max_samples : int or None
        Rows drawn when there are more. None: all.
    generator : RandomState
        Draws the rows.

    Returns
    -------
    rows : ndarray of shape (n_drawn, n_features), dtype float64
        In the order of ``X``.

    Raises
    ------
    ValueError
        If there are fewer rows than clusters, or would be.
    """
    if len(X) < n_clusters:
        raise ValueError(
            f"X has n_samples={len(X)} rows, fewer than n_clusters={n_clusters}."
        )
    if max_samples is not None and max_samples < n_clusters:
        raise ValueError(
            f"max_samples={max_samples} must be at least n_clusters={n_clusters}, "
            "or None for all rows."
        )
    if max_samples is not None and len(X) > max_samples:
        X = X[np.sort(generator.choice(len(X), size=max_samples, replace=False))]
    return X.astype(np.float64)


def evaluate_in_blocks(
    function: Callable[[NDArray[np.float64]], NDArray], X: NDArray[np.floating]
) -> NDArray:
    """Apply a method of a mixture to blocks of rows, in float64.

    Parameters
    ----------
    function : callable
        Takes an array of shape (n_rows, n_features), returns one value or one
        row of values for each row.
    X : ndarray of shape (n_samples, n_features)
        At least one row.

    Returns
    -------
    values : ndarray of shape (n_samples,) or (n_samples, n_values)
    """
    with mixture_context():
        return np.concatenate(
            [
                function(X[rows].astype(np.float64, copy=False))
                for rows in gen_batches(len(X), _ROWS_PER_BLOCK)
            ]
        )
