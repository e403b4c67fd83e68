"""Hierarchical alternating least squares: a descent from given components."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._row_batches import map_batches, row_batches
from sklearn_microarch.decomposition.nmf._extrapolation import Extrapolation
from sklearn_microarch.decomposition.nnls._sweeps import coordinate_sweeps

# Sweeps over the loadings and over the components in one iteration. Those over
# the components cost next to nothing, and both save products with X.
_LOADING_SWEEPS = 3
_COMPONENT_SWEEPS = 5

# Rows taken together: their features and loadings stay in a core's cache.
_ROWS_PER_BATCH = 8192

# Part of the squared norm of X that is added to the objective when a gain is
# compared with it, so that a factorization without residual comes to an end.
_NEGLIGIBLE_OBJECTIVE = 1e-4


@dataclass(frozen=True)
class Descent:
    """Where a descent ended."""

    components: NDArray[np.float64]  # (n_components, n_features), of unit L2 norm
    energies: NDArray[np.float64]  # (n_components,), sums of squared loadings
    objective: float  # squared Frobenius norm of the residual, from traces
    n_iter: int
    converged: bool  # whether the last iteration met the tolerance


def descend(
    X: NDArray[np.floating],
    start: NDArray[np.float64],
    *,
    max_iter: int,
    tol: float,
) -> Descent:
    """Alternate sweeps over loadings and components from unit components (k, n).

    Rows are float32 or float64, non-negative with values about 1; loadings are of their
    dtype, sums and components of float64. Ends when an iteration lowers the objective
    by less than the share `tol`. The same for any number of threads.
    """
    # Each update of one component, or of its loadings, is exact (Cichocki and Phan,
    # 2009, doi:10.1587/transfun.E92.A.708); several sweeps are made between two
    # products with X (Gillis and Glineur, 2012, doi:10.1162/NECO_a_00256), which is
    # read once an iteration, batch by batch. Extrapolated components halve the number
    # of iterations or better; those that gain little say nothing of convergence.
    H, batches = start, row_batches(len(X), rows_per_batch=_ROWS_PER_BATCH)
    # Loadings lie transposed, so that those of one component are contiguous.
    W = [np.zeros((len(H), rows.stop - rows.start), dtype=X.dtype) for rows in batches]
    norm = sum(
        float(np.linalg.norm(X[rows].astype(np.float64)) ** 2) for rows in batches
    )
    extrapolation = Extrapolation(start)
    best, objective = Descent(start, np.zeros(len(H)), norm, 0, converged=False), norm
    n_iter, converged = 0, False
    while n_iter < max_iter and not converged:
        n_iter += 1
        swept = extrapolation.beyond(H).copy()
        loading_gram, target = _sweep_loadings(X, W, swept, batches)
        coordinate_sweeps(swept, loading_gram, target, n_sweeps=_COMPONENT_SWEEPS)
        H, lengths = normalize_components(swept, fallback=start)
        for loadings in W:
            loadings *= lengths[:, np.newaxis].astype(X.dtype)
        loading_gram *= lengths[:, np.newaxis] * lengths
        target *= lengths[:, np.newaxis]
        previous, objective = (
            objective,
            norm + float(np.sum(loading_gram * (H @ H.T)) - 2.0 * np.sum(target * H)),
        )
        floor = _NEGLIGIBLE_OBJECTIVE * norm
        at_rest = previous - objective <= tol * (objective + floor)
        converged = at_rest and extrapolation.is_plain
        extrapolation.learn(fell=objective <= previous, plain_next=at_rest)
        if n_iter == 1 or objective < best.objective:
            best = Descent(H, np.diag(loading_gram), objective, n_iter, converged)
    return replace(best, n_iter=n_iter, converged=converged)


def _sweep_loadings(
    X: NDArray[np.floating],
    W: list[NDArray[np.floating]],
    H: NDArray[np.float64],
    batches: list[slice],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Update the loadings in place; return their Gram matrix and product with X."""
    gram, components = (H @ H.T).astype(X.dtype), H.astype(X.dtype)

    def sweep(index: int) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        rows, loadings = X[batches[index]], W[index]
        projections = components @ rows.T
        coordinate_sweeps(loadings, gram, projections, n_sweeps=_LOADING_SWEEPS)
        return loadings @ loadings.T, loadings @ rows

    loading_gram, target = np.zeros((len(H), len(H))), np.zeros(H.shape)
    for batch_gram, batch_target in map_batches(sweep, range(len(batches))):
        loading_gram += batch_gram
        target += batch_target
    return loading_gram, target


def normalize_components(
    H: NDArray[np.float64], *, fallback: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return components (n_components, n_features) of unit length, and their lengths.

    One that vanished has length zero and starts again from its fallback.
    """
    lengths = np.linalg.norm(H, axis=1)
    vanished = lengths == 0.0
    unit = np.where(vanished[:, np.newaxis], fallback, H)
    return unit / np.where(vanished, 1.0, lengths)[:, np.newaxis], lengths
