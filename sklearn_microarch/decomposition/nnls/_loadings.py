"""Exact non-negative loadings of any number of rows on one set of components."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._row_batches import map_batches, row_batches
from sklearn_microarch.decomposition.nnls._loading_solver import LoadingSolver

if TYPE_CHECKING:
    from sklearn_microarch.decomposition.nnls._torch_loadings import TorchLoadingSolver


def nonnegative_loadings(
    X: NDArray[np.floating],
    components: NDArray[np.floating],
    *,
    device: str = "cpu",
    check: Callable[[NDArray[np.floating]], object] | None = None,
) -> NDArray[np.floating]:
    """Return the loadings that reconstruct each row best, (n_samples, n_components).

    Computed in float64; a row's have the same bits whatever other rows are in `X`,
    which may be a memory map. `check` is called with each batch of rows first, and may
    raise.
    """
    solver = make_loading_solver(components, device)
    loadings = np.empty((len(X), len(components)), dtype=loading_dtype(X.dtype))

    def fill(rows: slice) -> None:
        batch = X[rows]
        if check is not None:
            check(batch)
        loadings[rows] = solver.solve(batch)

    batches = row_batches(len(X), rows_per_batch=solver.rows_per_batch)
    for _ in map_batches(fill, batches):
        pass
    return loadings


def loading_dtype(dtype: np.dtype) -> np.dtype:
    """Return the dtype of rows, but float32 for float16, too short for loadings."""
    return np.promote_types(dtype, np.float32)


def make_loading_solver(
    components: NDArray[np.floating], device: str
) -> "LoadingSolver | TorchLoadingSolver":
    """Return a solver for "cpu", which is numpy, or a device of torch that exists."""
    if device == "cpu":
        return LoadingSolver(components)
    from sklearn_microarch.decomposition.nnls._torch_loadings import TorchLoadingSolver

    return TorchLoadingSolver(components, device)
