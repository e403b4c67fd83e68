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
    """Return the Frobenius norm of what exact loadings, rounded, do not reconstruct.

    The difference is taken row by row; traces of small matrices are faster, and lose
    half the digits where the reconstruction is good.
    """
    solver, dtype = make_loading_solver(components, device), loading_dtype(X.dtype)
    H = components.astype(np.float64)

    def square(rows: slice) -> float:
        loadings = solver.solve(X[rows]).astype(dtype).astype(np.float64)
        residual = (X[rows] - loadings @ H) / unit
        return float(np.einsum("ij,ij->", residual, residual))

    batches = row_batches(len(X), rows_per_batch=_ROWS_PER_BATCH)
    return unit * float(np.sqrt(sum(map_batches(square, batches))))
