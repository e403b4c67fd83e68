"""What all components together miss of the data."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._row_batches import map_batches, row_batches
from sklearn_microarch.decomposition.nnls._loadings import (
    loading_dtype,
    make_loading_solver,
)

_ROWS_PER_BATCH = 8192


def residual_norm(
    X: NDArray[np.floating],
    components: NDArray[np.floating],
    *,
    unit: float,
    device: str = "cpu",
) -> float:
    """Return the Frobenius norm of what exact loadings do not reconstruct.

    The difference is taken row by row; traces of small matrices are faster,
    and lose half the digits where the reconstruction is good.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), floating
        Non-negative rows. May be a memory map.
    components : ndarray of shape (n_components, n_features)
        Non-negative rows of unit L2 norm, or zero.
    unit : float
        What residuals are divided by before they are squared.
    device : str, default="cpu"
        As for `make_loading_solver`.

    Returns
    -------
    norm : float, unit of ``X``
        Of loadings rounded to their dtype.
    """
    solver, dtype = make_loading_solver(components, device), loading_dtype(X.dtype)
    H = components.astype(np.float64)

    def square(rows: slice) -> float:
        loadings = solver.solve(X[rows]).astype(dtype).astype(np.float64)
        residual = (X[rows] - loadings @ H) / unit
        return float(np.einsum("ij,ij->", residual, residual))

    blocks = row_batches(len(X), rows_per_batch=_ROWS_PER_BATCH)
    return unit * float(np.sqrt(sum(map_batches(square, blocks))))
