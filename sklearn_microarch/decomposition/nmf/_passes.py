"""Passes over all rows, batch by batch, with exact loadings."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._row_batches import map_batches, row_batches
from sklearn_microarch.decomposition.nmf._hals import normalize_components
from sklearn_microarch.decomposition.nnls._loadings import make_loading_solver
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


def take_pass(
    X: NDArray[np.floating],
    components: NDArray[np.floating],
    *,
    unit: float,
    device: str = "cpu",
    store: Callable[[slice, NDArray[np.float64]], None] | None = None,
) -> Statistics:
    """Solve for the loadings of all rows and gather their statistics.

    Rows and loadings are divided by `unit` before they are squared. `store` takes a
    slice of rows and their loadings. The same for any number of threads.
    """
    solver = make_loading_solver(components, device)

    def solve(rows: slice) -> Statistics:
        loadings, statistics = solver.solve_and_gather(X[rows], unit=unit)
        if store is not None:
            store(rows, loadings)
        return statistics

    batches = row_batches(len(X), rows_per_batch=solver.rows_per_batch)
    return sum(map_batches(solve, batches), start=empty_statistics(*components.shape))


def solve_all(
    X: NDArray[np.floating],
    components: NDArray[np.floating],
    *,
    unit: float,
    tol: float,
    device: str = "cpu",
    store: Callable[[slice, NDArray[np.float64]], None] | None = None,
) -> tuple[NDArray[np.floating], Statistics]:
    """Solve all rows, and improve components learned from some of them meanwhile.

    Ends when better components would lower the objective by less than the share `tol`;
    infinite to take them as they are. `store` is called several times for each row,
    last with the loadings on the components returned, which come by descending energy.
    """
    # With exact loadings the objective has only as many unknowns as the components
    # have entries, so that few passes are needed.
    statistics = take_pass(X, components, unit=unit, device=device, store=store)
    for _ in range(_MAX_PASSES - 1):
        better, improved = update_components(components, statistics)
        reached, objective = (
            improved.objective(better),
            statistics.objective(components),
        )
        if not objective - reached > tol * objective:
            break
        order = np.argsort(-improved.energies, kind="stable")
        components = better[order].astype(components.dtype)
        statistics = take_pass(X, components, unit=unit, device=device, store=store)
    order = np.argsort(-statistics.energies, kind="stable")
    if (order == np.arange(len(order))).all():
        return components, statistics
    # Before, near equals ranked otherwise. The loadings are solved again: their last
    # bits depend on the order.
    components = components[order]
    return components, take_pass(X, components, unit=unit, device=device, store=store)


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
