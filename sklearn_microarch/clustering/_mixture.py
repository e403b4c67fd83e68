"""Fit a Gaussian mixture: starts compared on a sample, then passes over all rows."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.clustering._covariance_types import CovarianceType
from sklearn_microarch.clustering._em import EMResult, run_em
from sklearn_microarch.clustering._gaussians import Gaussians
from sklearn_microarch.clustering._kmeans_start import (
    kmeans_start,
    mean_variance,
    sample_doubles,
    start_from_means,
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
    means_init: NDArray[np.float64] | None,
    generator: RandomState,
) -> EMResult:
    """Fit a mixture to all rows, with components by descending weight.

    `tol` is in nats, and `reg_covar` a share of the mean variance of the features;
    added as it is where the features are constant.
    """
    # A sample has the likelihood of all rows but for a term that falls with its size,
    # so nearly the whole way is gone on a sample, and the best of the starts is known
    # there. The passes over all rows that follow are few.
    _check_counts(len(X), n_components, max_samples)
    absolute = reg_covar * (mean_variance(X) or 1.0)
    sample = sample_doubles(X, max_samples, generator)
    results = []
    # From given means there is one start.
    for _ in range(n_init if means_init is None else 1):
        start = _start(
            sample,
            n_components,
            means_init,
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
        warn_user(
            f"The mixture has not converged in {max_iter} passes over the rows; "
            "increase max_iter or tol.",
            ConvergenceWarning,
        )
    return replace(best, mixture=best.mixture.in_order())


def _start(
    sample: NDArray[np.float64],
    n_components: int,
    means: NDArray[np.float64] | None,
    **settings: Any,  # noqa: ANN401 - as the two starts take them
) -> Gaussians:
    if means is None:
        return kmeans_start(sample, n_components, **settings)
    return start_from_means(sample, means, **settings)


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
