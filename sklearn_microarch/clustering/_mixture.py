"""Fit a Gaussian mixture: starts compared on a sample, then passes over all rows."""

import warnings
from dataclasses import replace

from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from sklearn_microarch.clustering._covariance_types import CovarianceType
from sklearn_microarch.clustering._em import EMResult, run_em
from sklearn_microarch.clustering._kmeans_start import (
    draw_rows,
    kmeans_start,
    mean_variance,
)


def fit_mixture(
    X: NDArray,
    n_components: int,
    *,
    covariance_type: CovarianceType,
    tol: float,
    max_iter: int,
    n_init: int,
    reg_covar: float,
    max_samples: int | None,
    generator: RandomState,
) -> EMResult:
    """Fit a mixture to all rows, with components by descending weight.

    A sample has the likelihood of all rows but for a term that falls with its
    size, so nearly the whole way is gone on a sample, and the best of the starts
    is known there. The passes over all rows that follow are few.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Finite; any real dtype and layout. Only read, in blocks.
    n_components : int
        Number of components.
    covariance_type : {"full", "tied", "diag", "spherical"}
        Shape of the covariances.
    tol : float, unit: nats
        Smallest change of the mean log-likelihood that is worth another pass.
    max_iter : int
        Largest number of passes over the sample, and over all rows.
    n_init : int
        Number of k-means starts.
    reg_covar : float
        Added to the variances, as a share of the mean variance of the
        features; as it is where the features are constant.
    max_samples : int or None
        Rows of the sample. None: all rows.
    generator : RandomState
        Draws the sample and the starts.

    Returns
    -------
    result : EMResult
        Of the passes over all rows. The same on any number of threads.

    Raises
    ------
    SingularCovarianceError
        If a component has no variance in some direction and ``reg_covar`` is 0.
    ValueError
        If there are fewer rows than components, or would be in the sample, or if
        the variance of ``X`` is no finite number.

    Warns
    -----
    ConvergenceWarning
        If ``max_iter`` passes were too few.
    """
    _check_counts(len(X), n_components, max_samples)
    absolute = reg_covar * (mean_variance(X) or 1.0)
    sample = draw_rows(X, max_samples, generator)
    results = []
    for _ in range(n_init):
        start = kmeans_start(
            sample,
            n_components,
            covariance_type=covariance_type,
            reg_covar=absolute,
            generator=generator,
        )
        results.append(
            run_em(
                sample,
                start,
                covariance_type=covariance_type,
                reg_covar=absolute,
                tol=tol,
                max_iter=max_iter,
            )
        )
    best = max(results, key=lambda result: result.log_likelihood)
    if len(sample) < len(X):
        best = run_em(
            X,
            best.mixture,
            covariance_type=covariance_type,
            reg_covar=absolute,
            tol=tol,
            max_iter=max_iter,
        )
    if not best.converged:
        warnings.warn(
            f"The mixture has not converged in {max_iter} passes over the rows; "
            "increase max_iter or tol.",
            ConvergenceWarning,
            stacklevel=2,
        )
    return replace(best, mixture=best.mixture.in_order())


def _check_counts(n_samples: int, n_clusters: int, max_samples: int | None) -> None:
    if n_samples < n_clusters:
        raise ValueError(
            f"X has n_samples={n_samples} rows, fewer than n_clusters={n_clusters}."
        )
    if max_samples is not None and max_samples < n_clusters:
        raise ValueError(
            f"max_samples={max_samples} must be at least n_clusters={n_clusters}, "
            "or None for all rows."
        )
