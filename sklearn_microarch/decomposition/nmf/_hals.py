"""Hierarchical alternating least squares: a descent from given components."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._row_batches import map_batches, row_batches
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
    """Where a descent ended.

    Parameters
    ----------
    components : ndarray of shape (n_components, n_features)
        Rows of unit L2 norm.
    energies : ndarray of shape (n_components,)
        Sum of the squared loadings of each component.
    objective : float
        Squared Frobenius norm of the residual, from traces of small matrices.
    n_iter : int
        Iterations done.
    converged : bool
        Whether the last iteration met the tolerance.
    """

    components: NDArray[np.float64]
    energies: NDArray[np.float64]
    objective: float
    n_iter: int
    converged: bool


def descend(
    X: NDArray[np.floating],
    start: NDArray[np.float64],
    *,
    max_iter: int,
    tol: float,
) -> Descent:
    r"""Alternate sweeps over loadings and components from given components.

    Minimises :math:`\lVert X - W H \rVert_F^2` over :math:`W, H \ge 0`. Each update
    of one component, or of its loadings, is exact [1]_; several sweeps are made
    between two products with ``X`` [2]_, which is read once an iteration, block
    by block.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), dtype float32 or float64
        Non-negative, with values about 1. Loadings are of its dtype; sums over
        blocks of rows, and components, are of float64.
    start : ndarray of shape (n_components, n_features)
        Non-negative rows of unit L2 norm. Not modified.
    max_iter : int
        Largest number of iterations.
    tol : float
        Ends when an iteration lowers the objective by less than this share.

    Returns
    -------
    descent : Descent
        The same for any number of threads.

    References
    ----------
    .. [1] A. Cichocki and A.-H. Phan, "Fast local algorithms for large scale
       nonnegative matrix and tensor factorizations", IEICE Transactions on
       Fundamentals E92-A(3), 2009. :doi:`10.1587/transfun.E92.A.708`
    .. [2] N. Gillis and F. Glineur, "Accelerated multiplicative updates and
       hierarchical ALS algorithms for nonnegative matrix factorization",
       Neural Computation 24(4), 2012. :doi:`10.1162/NECO_a_00256`
    """
    H, blocks = start, row_batches(len(X), rows_per_batch=_ROWS_PER_BATCH)
    # Loadings lie transposed, so that those of one component are contiguous.
    W = [np.zeros((len(H), rows.stop - rows.start), dtype=X.dtype) for rows in blocks]
    norm = sum(
        float(np.linalg.norm(X[rows].astype(np.float64)) ** 2) for rows in blocks
    )
    objective = norm
    converged = False
    n_iter = 0
    while n_iter < max_iter and not converged:
        n_iter += 1
        loading_gram, target = _sweep_loadings(X, W, H, blocks)
        swept = H.copy()
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
        converged = previous - objective <= tol * (objective + floor)
    return Descent(H, np.diag(loading_gram), objective, n_iter, converged)


def _sweep_loadings(
    X: NDArray[np.floating],
    W: list[NDArray[np.floating]],
    H: NDArray[np.float64],
    blocks: list[slice],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Update the loadings in place; return their Gram matrix and product with X."""
    gram, components = (H @ H.T).astype(X.dtype), H.astype(X.dtype)

    def sweep(index: int) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        rows, loadings = X[blocks[index]], W[index]
        projections = components @ rows.T
        coordinate_sweeps(loadings, gram, projections, n_sweeps=_LOADING_SWEEPS)
        return loadings @ loadings.T, loadings @ rows

    loading_gram, target = np.zeros((len(H), len(H))), np.zeros(H.shape)
    for block_gram, block_target in map_batches(sweep, range(len(blocks))):
        loading_gram += block_gram
        target += block_target
    return loading_gram, target


def normalize_components(
    H: NDArray[np.float64], *, fallback: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return components of unit length and their former lengths.

    Parameters
    ----------
    H : ndarray of shape (n_components, n_features)
        Components.
    fallback : ndarray of shape (n_components, n_features)
        Where a component that vanished starts again, of unit length or zero.

    Returns
    -------
    components : ndarray of shape (n_components, n_features)
    lengths : ndarray of shape (n_components,)
        Zero for a component that vanished.
    """
    lengths = np.linalg.norm(H, axis=1)
    vanished = lengths == 0.0
    unit = np.where(vanished[:, np.newaxis], fallback, H)
    return unit / np.where(vanished, 1.0, lengths)[:, np.newaxis], lengths
