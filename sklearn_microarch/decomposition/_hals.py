"""Hierarchical alternating least squares: a descent from given components."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Sweeps over the loadings and over the components in one iteration. Those over
# the components cost next to nothing, and both save products with X.
_LOADING_SWEEPS = 3
_COMPONENT_SWEEPS = 5

# Loadings swept together: 15 x 4096 doubles stay in a core's cache.
_ROWS_PER_BLOCK = 4096

# Part of the squared norm of X that is added to the objective when a gain is
# compared with it, so that a factorization without residual comes to an end.
_NEGLIGIBLE_OBJECTIVE = 1e-4

# A component whose loadings (or the reverse) have less than this share of the
# largest energy is left alone: a quotient of underflowing numbers is no update.
_NEGLIGIBLE_CURVATURE = 1e-30


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
    X: NDArray[np.float64],
    start: NDArray[np.float64],
    *,
    max_iter: int,
    tol: float,
) -> Descent:
    r"""Alternate sweeps over loadings and components from given components.

    Minimises :math:`\lVert X - W H \rVert_F^2` over :math:`W, H \ge 0`. Each update
    of one component, or of its loadings, is exact [1]_; several sweeps are made
    between two products with ``X`` [2]_.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Non-negative, with values about 1.
    start : ndarray of shape (n_components, n_features)
        Non-negative rows of unit L2 norm. Not modified.
    max_iter : int
        Largest number of iterations.
    tol : float
        Ends when an iteration lowers the objective by less than this share.

    Returns
    -------
    descent : Descent

    References
    ----------
    .. [1] A. Cichocki and A.-H. Phan, "Fast local algorithms for large scale
       nonnegative matrix and tensor factorizations", IEICE Transactions on
       Fundamentals E92-A(3), 2009. :doi:`10.1587/transfun.E92.A.708`
    .. [2] N. Gillis and F. Glineur, "Accelerated multiplicative updates and
       hierarchical ALS algorithms for nonnegative matrix factorization",
       Neural Computation 24(4), 2012. :doi:`10.1162/NECO_a_00256`
    """
    H = start
    # Loadings lie transposed, so that those of one component are contiguous.
    W = np.zeros((len(H), len(X)))
    X_transposed = np.ascontiguousarray(X.T)
    norm = float(np.einsum("ij,ij->", X, X))
    objective = norm
    converged = False
    n_iter = 0
    while n_iter < max_iter and not converged:
        n_iter += 1
        _sweep_loadings(W, gram=H @ H.T, projections=H @ X_transposed)
        loading_gram, target = W @ W.T, W @ X
        H, lengths = _normalize(
            _sweep_components(H, loading_gram, target), fallback=start
        )
        W *= lengths[:, np.newaxis]
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
    W: NDArray[np.float64],
    *,
    gram: NDArray[np.float64],
    projections: NDArray[np.float64],
) -> None:
    """Update the loadings in place, block by block, one component at a time."""
    for start in range(0, W.shape[1], _ROWS_PER_BLOCK):
        rows = slice(start, start + _ROWS_PER_BLOCK)
        for _ in range(_LOADING_SWEEPS):
            _coordinate_sweep(W[:, rows], gram, projections[:, rows])


def _sweep_components(
    H: NDArray[np.float64],
    loading_gram: NDArray[np.float64],
    target: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return updated components; one without loadings stays as it is."""
    swept = H.copy()
    for _ in range(_COMPONENT_SWEEPS):
        _coordinate_sweep(swept, loading_gram, target)
    return swept


def _coordinate_sweep(
    factor: NDArray[np.float64],
    gram: NDArray[np.float64],
    target: NDArray[np.float64],
) -> None:
    """Minimise exactly over each row of ``factor`` in turn, in place."""
    curvatures = np.diag(gram)
    floor = _NEGLIGIBLE_CURVATURE * curvatures.max()
    for index, curvature in enumerate(curvatures):
        if curvature > floor:
            row = factor[index]
            row += (target[index] - gram[index] @ factor) / curvature
            np.maximum(row, 0.0, out=row)


def _normalize(
    H: NDArray[np.float64], *, fallback: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return unit rows and the former lengths.

    A row that vanished starts again from the fallback, with length zero.
    """
    lengths = np.linalg.norm(H, axis=1)
    vanished = lengths == 0.0
    unit = np.where(vanished[:, np.newaxis], fallback, H)
    return unit / np.where(vanished, 1.0, lengths)[:, np.newaxis], lengths
