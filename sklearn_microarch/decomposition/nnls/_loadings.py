"""Exact non-negative loadings of any number of rows on one set of components."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._row_batches import map_batches, row_batches
from sklearn_microarch.decomposition.nnls._loading_solver import LoadingSolver
from sklearn_microarch.decomposition.nnls._statistics import Statistics

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


class OrderlessSolver:
    """Solve for loadings whose bits do not depend on the order of the components.

    `of` makes what solves for them in one order. Unit components, or zero.
    """

    def __init__(
        self,
        components: NDArray[np.floating],
        of: Callable[[NDArray[np.floating]], "LoadingSolver | TorchLoadingSolver"],
    ) -> None:
        order = np.lexsort(components.T)
        self._solver, self._back = of(components[order]), np.argsort(order)
        self.rows_per_batch = self._solver.rows_per_batch

    def solve(self, X: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the loadings (n_samples, n_components) of a batch of finite rows."""
        return self._solver.solve(X)[:, self._back]

    def solve_and_gather(
        self, X: NDArray[np.floating], *, unit: float
    ) -> tuple[NDArray[np.float64], Statistics]:
        """Return loadings of a batch of rows, and statistics in squares of the unit."""
        loadings, statistics = self._solver.solve_and_gather(X, unit=unit)
        return loadings[:, self._back], statistics.reordered(self._back)


def make_loading_solver(
    components: NDArray[np.floating], device: str
) -> OrderlessSolver:
    """Return a solver for "cpu", which is numpy, or a device of torch that exists."""
    if device == "cpu":
        return OrderlessSolver(components, LoadingSolver)
    from sklearn_microarch.decomposition.nnls._torch_loadings import TorchLoadingSolver

    return OrderlessSolver(components, lambda H: TorchLoadingSolver(H, device))
