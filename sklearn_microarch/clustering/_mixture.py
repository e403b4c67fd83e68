"""Fit a Gaussian mixture: starts compared on a sample, then passes over all rows."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any, Literal

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

# Starts where no number is asked for: more of them where they are tried on a part of
# the sample, which is on so many rows. The best of these trials are followed on.
_STARTS_OF_FEW, _STARTS_OF_MANY = 3, 12
_TRIAL_ROWS = 20_000
_N_FINALISTS = 3


def fit_mixture(
    X: NDArray,
    n_components: int,
    *,
    covariance_type: CovarianceType,
    shrinkage: float,
    tol: float,
    max_iter: int,
    n_init: int | Literal["auto"],
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
    # there; most of the way of most starts is gone on a part of it. The passes over all
    # rows that follow are few.
    _check_counts(len(X), n_components, max_samples)
    absolute = reg_covar * (mean_variance(X) or 1.0)
    sample = sample_doubles(X, max_samples, generator)
    run = partial(
        run_em,
        covariance_type=covariance_type,
        shrinkage=shrinkage,
        reg_covar=absolute,
        tol=tol,
        max_iter=max_iter,
    )
    has_many = len(sample) > 2 * _TRIAL_ROWS
    if n_init == "auto":
        n_init = _STARTS_OF_MANY if has_many else _STARTS_OF_FEW
    starts = [
        _start(
            sample,
            n_components,
            means_init,
            covariance_type=covariance_type,
            reg_covar=absolute,
            generator=generator,
        )
        # From given means there is one start.
        for _ in range(n_init if means_init is None else 1)
    ]
    if has_many and len(starts) > _N_FINALISTS:
        part = sample_doubles(sample, _TRIAL_ROWS, generator)
        trials = _likeliest_first(run(part, start) for start in starts)
        starts = [trial.mixture for trial in trials[:_N_FINALISTS]]
    best = _likeliest_first(run(sample, start) for start in starts)[0]
    if len(sample) < len(X):
        best = run(X, best.mixture)
    if not best.converged:
        warn_user(
            f"The mixture has not converged in {max_iter} passes over the rows; "
            "increase max_iter or tol.",
            ConvergenceWarning,
        )
    return replace(best, mixture=best.mixture.in_order())


def _likeliest_first(results: Iterable[EMResult]) -> list[EMResult]:
    return sorted(results, key=lambda result: -result.log_likelihood)


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
