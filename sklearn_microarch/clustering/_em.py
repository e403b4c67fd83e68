"""Expectation maximisation in one pass over batches of rows for each iteration."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._freed_memory import freed_memory_kept
from sklearn_microarch._row_batches import RowMap, row_workers
from sklearn_microarch.clustering._covariance_types import (
    CovarianceType,
    restrict_covariances,
    shrink_covariances,
)
from sklearn_microarch.clustering._densities import (
    MAX_THREADS,
    normalize_posteriors,
    row_tasks,
    whitened_batches,
)
from sklearn_microarch.clustering._gaussians import Gaussians

# Added to the number of rows of each component, as scikit-learn does, so that an
# empty one is no division by zero.
_FEWEST_ROWS = 10 * np.finfo(np.float64).eps


@dataclass(frozen=True, eq=False)
class EMResult:
    """A mixture, and how it was come by."""

    mixture: Gaussians  # after the last iteration
    log_likelihood: float  # mean over the rows before the last iteration, in nats
    n_iter: int
    converged: bool  # whether the last changed the log-likelihood by less than `tol`


def run_em(
    X: NDArray,
    start: Gaussians,
    *,
    covariance_type: CovarianceType,
    shrinkage: float,
    reg_covar: float,
    tol: float,
    max_iter: int,
) -> EMResult:
    """Raise the likelihood of a mixture until an iteration changes it little.

    The iterations are those of `sklearn.mixture.GaussianMixture`, after which each
    covariance moves by the share `shrinkage` towards that of all components; `tol` is
    in nats, and `reg_covar` is added to each variance. Rows are finite, of any real
    dtype and layout.
    """
    # Moments are accumulated in the coordinates L_c^-1 (x - mean_c) of the present
    # components, where every variance is about 1: next to a direction in which a
    # component hardly varies, as where loadings are exactly zero, others do not swamp
    # it, and no common origin has to cancel.
    result = EMResult(start, -np.inf, n_iter=0, converged=False)
    with freed_memory_kept(), row_workers(MAX_THREADS) as map_rows:
        while not result.converged and result.n_iter < max_iter:
            log_likelihood, moments = _accumulate(X, result.mixture, map_rows)
            mixture = _maximize(
                result.mixture,
                moments,
                covariance_type=covariance_type,
                shrinkage=shrinkage,
                reg_covar=reg_covar,
            )
            # Factorized at once, so that a singular covariance is an error here.
            _ = mixture.cholesky
            change = abs(log_likelihood - result.log_likelihood)
            result = EMResult(mixture, log_likelihood, result.n_iter + 1, change < tol)
    return result


def _accumulate(
    X: NDArray, mixture: Gaussians, map_rows: RowMap
) -> tuple[float, NDArray[np.float64]]:
    """Return the mean log-likelihood, and the moments of whitened rows with a 1.

    Of shape (n_components, n_features + 1, n_features + 1), weighted by the posteriors.
    """
    log_likelihood, moments = 0.0, np.zeros_like(mixture.whitening)

    def accumulate_rows(task: slice) -> tuple[float, NDArray[np.float64]]:
        return _accumulate_rows(X, task, mixture)

    tasks = row_tasks(len(X), mixture)
    for part, part_moments in map_rows(accumulate_rows, tasks):
        log_likelihood += part
        moments += part_moments
    return log_likelihood / len(X), moments


def _accumulate_rows(
    X: NDArray, task: slice, mixture: Gaussians
) -> tuple[float, NDArray[np.float64]]:
    log_likelihood, moments = 0.0, np.zeros_like(mixture.whitening)
    weighted = None
    for rows, whitened, log_joint in whitened_batches(X, task, mixture):
        n_rows = rows.stop - rows.start
        log_likelihood += float(normalize_posteriors(log_joint)[:n_rows].sum())
        log_joint[:, n_rows:] = 0.0
        if weighted is None:
            weighted = np.empty_like(whitened)
        np.multiply(whitened, log_joint[:, np.newaxis], out=weighted)
        moments += np.matmul(weighted, whitened.transpose(0, 2, 1))
    return log_likelihood, moments


def _maximize(
    mixture: Gaussians,
    moments: NDArray[np.float64],
    *,
    covariance_type: CovarianceType,
    shrinkage: float,
    reg_covar: float,
) -> Gaussians:
    """Return the most likely mixture for the posteriors behind the moments."""
    n_rows = moments[:, -1, -1] + _FEWEST_ROWS
    weights = n_rows / n_rows.sum()
    shifts = moments[:, :-1, -1] / n_rows[:, np.newaxis]
    spreads = moments[:, :-1, :-1] / n_rows[:, np.newaxis, np.newaxis]
    spreads -= shifts[:, :, np.newaxis] * shifts[:, np.newaxis]
    # Back from whitened coordinates.
    factors = mixture.cholesky
    means = mixture.means + np.einsum("cij,cj->ci", factors, shifts)
    covariances = factors @ spreads @ factors.transpose(0, 2, 1)
    covariances = 0.5 * (covariances + covariances.transpose(0, 2, 1))
    covariances = restrict_covariances(covariances, weights, covariance_type)
    covariances = shrink_covariances(covariances, weights, shrinkage)
    return Gaussians(weights, means, covariances + reg_covar * np.eye(means.shape[1]))
