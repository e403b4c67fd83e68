"""Exact non-negative least squares by arithmetic that never mixes rows."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from sklearn_microarch.decomposition.nnls._active_set import finish_by_active_set
from sklearn_microarch.decomposition.nnls._normal_equations import (
    gram_times,
    solve_on_supports,
)

# All relative to a row's largest projection on a component: the descent at which a
# component enters, the loading that counts as zero, and the residual that will do.
GRADIENT_TOL = 1e-13
NEGLIGIBLE_LOADING = 1e-12
CERTIFIED_RESIDUAL = 1e-9

# Rounds of pivoting.
N_EXCHANGES = 6


def solve_nnls(
    gram: NDArray[np.float64], projections: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Minimise w^T G w / 2 - b^T w over w >= 0 for each row; exactly 0 off the support.

    From the Gram matrix G of the components and projections b (n_components,
    n_samples).
    """
    # Block principal pivoting (Kim and Park, 2011, doi:10.1137/110821172) exchanges all
    # components of a row that break an optimality condition at once and finds nearly
    # every support in three to five rounds; rows it leaves are finished by an
    # active-set method, which cannot cycle. Rows that share a support share its inverse
    # (Van Benthem and Keenan, 2004, doi:10.1002/cem.889). The optimality conditions of
    # every row are then checked, and a row that rounding has spoilt, as among nearly
    # equal components, goes to `scipy.optimize.nnls`.
    scale = np.abs(projections).max(axis=0, initial=0.0)
    tolerance = GRADIENT_TOL * scale
    loadings, unfinished = _exchange_all(gram, projections, tolerance)
    if len(unfinished):
        loadings[:, unfinished] = finish_by_active_set(
            gram,
            projections[:, unfinished],
            start=loadings[:, unfinished],
            tolerance=tolerance[unfinished],
        )
    loadings[loadings <= NEGLIGIBLE_LOADING * scale] = 0.0
    residual = kkt_residual(gram, projections, loadings)
    for row in np.flatnonzero(residual > CERTIFIED_RESIDUAL):
        loadings[:, row] = _solve_one(gram, projections[:, row])
    return loadings


def kkt_residual(
    gram: NDArray[np.float64],
    projections: NDArray[np.float64],
    loadings: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how far each row is from optimal (n_samples,), relative to its scale.

    With the descent g = b - G w, a row is optimal exactly when w = max(0, w + g);
    measured is the largest deviation of the two sides over the largest entry of abs(b).
    """
    descent = projections - gram_times(gram, loadings)
    deviation = np.abs(loadings - np.maximum(0.0, loadings + descent)).max(axis=0)
    scale = np.abs(projections).max(axis=0)
    return np.divide(deviation, scale, out=deviation, where=scale > 0)


def _exchange_all(
    gram: NDArray[np.float64],
    projections: NDArray[np.float64],
    tolerance: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return loadings, and the indices of the rows that are not yet optimal."""
    loadings = np.zeros_like(projections)
    live = np.arange(projections.shape[1])
    support = np.ones(projections.shape, dtype=bool)
    for _ in range(N_EXCHANGES):
        if not len(live):
            break
        b = projections[:, live]
        solution = solve_on_supports(gram, b, support)
        descent = b - gram_times(gram, solution)
        exchanged = np.where(support, solution > 0, descent > tolerance[live])
        changed = (exchanged != support).any(axis=0)
        loadings[:, live] = np.maximum(solution, 0.0)
        live, support = live[changed], exchanged[:, changed]
    return loadings, live


def _solve_one(
    gram: NDArray[np.float64], projections: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Solve one row from a square root of the Gram matrix."""
    eigenvalues, vectors = np.linalg.eigh(gram)
    kept = eigenvalues > len(gram) * np.finfo(np.float64).eps * eigenvalues.max()
    root = np.sqrt(eigenvalues[kept])
    target = (vectors[:, kept].T @ projections) / root
    return nnls(root[:, np.newaxis] * vectors[:, kept].T, target)[0]
