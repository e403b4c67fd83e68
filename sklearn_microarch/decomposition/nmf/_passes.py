"""Passes over all rows, batch by batch, with exact loadings."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._row_batches import map_batches, row_batches
from sklearn_microarch.decomposition.nmf._hals import normalize_components
from sklearn_microarch.decomposition.nnls._loadings import (
    loading_dtype,
    make_loading_solver,
)
from sklearn_microarch.decomposition.nnls._statistics import (
    Statistics,
    empty_statistics,
)
from sklearn_microarch.decomposition.nnls._sweeps import coordinate_sweeps

# Passes for components that have come to rest on a sample. Most of what there is to
# gain is gained by the first.
_MAX_PASSES = 3

# Sweeps over the components after a pass: they cost nothing beside it.
_COMPONENT_SWEEPS = 50

# Rows whose residual is held, or whose loadings are moved, at a time.
_ROWS_AT_A_TIME = 8192


@dataclass(frozen=True)
class RowPasses:
    """Rows to be solved for their loadings as often as asked. The same for any threads.

    The last loadings are left in `loadings`, where given.
    """

    X: NDArray[np.floating]  # (n_samples, n_features), may be a memory map
    unit: float = 1.0  # by which rows and loadings are divided before they are squared
    device: str = "cpu"
    loadings: NDArray[np.floating] | None = None  # (n_samples, n_components)

    def gather(self, components: NDArray[np.floating]) -> Statistics:
        """Solve for the loadings of all rows and return their statistics."""
        solver = make_loading_solver(components, self.device)

        def solve(rows: slice) -> Statistics:
            found, statistics = solver.solve_and_gather(self.X[rows], unit=self.unit)
            if self.loadings is not None:
                self.loadings[rows] = found
            return statistics

        batches = row_batches(len(self.X), rows_per_batch=solver.rows_per_batch)
        return sum(
            map_batches(solve, batches), start=empty_statistics(*components.shape)
        )

    def reorder(self, order: NDArray[np.intp]) -> None:
        """Bring the last loadings into another order of components."""
        if self.loadings is None:
            return
        for rows in row_batches(len(self.X), rows_per_batch=_ROWS_AT_A_TIME):
            self.loadings[rows] = self.loadings[rows][:, order]

    def residual_norm(self, components: NDArray[np.floating]) -> float:
        """Return the Frobenius norm of what exact loadings, rounded, leave of the rows.

        The difference is taken row by row; traces of small matrices are faster, and
        lose half the digits where the reconstruction is good.
        """
        solver = make_loading_solver(components, self.device)
        dtype, H = loading_dtype(self.X.dtype), components.astype(np.float64)

        def square(rows: slice) -> float:
            loadings = solver.solve(self.X[rows]).astype(dtype).astype(np.float64)
            residual = (self.X[rows] - loadings @ H) / self.unit
            return float(np.einsum("ij,ij->", residual, residual))

        batches = row_batches(len(self.X), rows_per_batch=_ROWS_AT_A_TIME)
        return self.unit * float(np.sqrt(sum(map_batches(square, batches))))


def refine_components(
    passes: RowPasses, components: NDArray[np.floating], *, tol: float
) -> tuple[NDArray[np.floating], Statistics]:
    """Improve components learned from some rows by passes over all.

    Ends when better components would lower the objective by less than the share `tol`;
    infinite to take them as they are. The last pass is that of the components returned,
    which come by descending energy.
    """
    # With exact loadings the objective has only as many unknowns as the components
    # have entries, so that few passes are needed.
    statistics = passes.gather(components)
    for _ in range(_MAX_PASSES - 1):
        better, improved = update_components(components, statistics)
        objective = statistics.objective(components)
        if not objective - improved.objective(better) > tol * objective:
            break
        order = np.argsort(-improved.energies, kind="stable")
        components = better[order].astype(components.dtype)
        statistics = passes.gather(components)
    order = np.argsort(-statistics.energies, kind="stable")
    if (order == np.arange(len(order))).all():
        return components, statistics
    components = components[order]
    if _has_twins(components):
        # Which of two equal components loads a row depends on their order.
        return components, passes.gather(components)
    passes.reorder(order)
    return components, statistics.reordered(order)


def _has_twins(components: NDArray[np.floating]) -> bool:
    live = components[components.any(axis=1)]
    return len(np.unique(live, axis=0)) < len(live)


def update_components(
    components: NDArray[np.floating], statistics: Statistics
) -> tuple[NDArray[np.float64], Statistics]:
    """Return unit components that suit the loadings best, and the statistics for them.

    The loadings are scaled so that they reconstruct as much.
    """
    before = components.astype(np.float64)
    swept = before.copy()
    coordinate_sweeps(
        swept, statistics.gram, statistics.target, n_sweeps=_COMPONENT_SWEEPS
    )
    unit, lengths = normalize_components(swept, fallback=before)
    return unit, statistics.rescaled(lengths)
