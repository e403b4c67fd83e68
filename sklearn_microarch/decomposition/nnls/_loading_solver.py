"""Exact non-negative loadings of batches of rows on one set of components."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._row_batches import ROWS_PER_BATCH
from sklearn_microarch.decomposition.nnls._gram import gram_of, least_eigenvalue
from sklearn_microarch.decomposition.nnls._own_systems import (
    LEAST_SOUND,
    OwnSystems,
)
from sklearn_microarch.decomposition.nnls._pivoting import (
    MARGIN,
    Systems,
    exchange,
    solve_by_pivoting,
)
from sklearn_microarch.decomposition.nnls._row_solver import RowSolver
from sklearn_microarch.decomposition.nnls._statistics import (
    Statistics,
    gather_statistics,
)
from sklearn_microarch.decomposition.nnls._support_codes import padded_size
from sklearn_microarch.decomposition.nnls._support_guess import SupportGuesser
from sklearn_microarch.decomposition.nnls._support_table import SupportTable

# Rows of one product with the components, and products made together.
_TILE = 128
_TILES_PER_CHUNK = 16

# With more components hardly two rows share a support. Where they are too dependent for
# rows to be solved on their own supports, a table serves for some more.
_MOST_IN_TABLES, _MOST_DEPENDENT_IN_TABLES = 24, 48

# Sums of projections beyond these are solved one by one, at the row's own scale.
_SMALLEST, _LARGEST = 1e-250, 1e250


class LoadingSolver:
    """Solve batches of rows for their loadings on the same unit components (or zero).

    What is kept of supports from one batch serves the next. Several threads may share a
    solver. `rows_per_batch` are best given at a time.
    """

    # Nearly all rows are solved by block principal pivoting (Kim and Park, 2011,
    # doi:10.1137/110821172), started from a guess in single precision, with one product
    # for all rows that share a support (Van Benthem and Keenan, 2004,
    # doi:10.1002/cem.889). Of many components each row has its own support, and is
    # solved on that. A row is accepted where its support is certain; the few others go
    # to a `RowSolver`.
    rows_per_batch = ROWS_PER_BATCH

    def __init__(self, components: NDArray[np.floating]) -> None:
        n_components = len(components)
        self._columns = np.zeros((components.shape[1], padded_size(n_components)))
        self._columns[:, :n_components] = components.T
        gram = np.zeros((self._columns.shape[1], self._columns.shape[1]))
        gram[:n_components, :n_components] = gram_of(components)
        self._n_components = n_components
        self._by_row = RowSolver(gram[:n_components, :n_components])
        self._guesser = SupportGuesser(gram)
        self._systems = _systems_of(gram, n_components)

    def solve(self, X: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the loadings (n_samples, n_components) of a batch of finite rows."""
        projections, scale = self._project(X)
        # Rows out of range are left out of what follows.
        odd = (scale > 0) & ~((scale > _SMALLEST) & (scale < _LARGEST))
        projections[odd] = 0.0
        # For a row of zeros any scale will do.
        scale[odd | (scale == 0)] = 1.0
        loadings = self._solve(projections, scale)
        if odd.any():
            _, exponents = np.frexp(np.abs(X[odd]).max(axis=1, keepdims=True))
            rows = np.ldexp(X[odd].astype(np.float64), -exponents)
            found = self._solve_one_by_one(self._project(rows)[0])
            loadings[odd] = np.ldexp(found, exponents)
        return loadings

    def solve_and_gather(
        self, X: NDArray[np.floating], *, unit: float
    ) -> tuple[NDArray[np.float64], Statistics]:
        """Return loadings of a batch of rows, and statistics in squares of the unit."""
        loadings = self.solve(X)
        return loadings, gather_statistics(X, loadings, unit=unit)

    def _project(
        self, X: NDArray[np.floating]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return inner products with the components, and each row's scale.

        All products are of one shape, so that rows do not depend on each other.
        """
        n_tiles = -(-len(X) // _TILE)
        projections = np.empty((n_tiles, _TILE, self._columns.shape[1]))
        n_rows = min(n_tiles, _TILES_PER_CHUNK) * _TILE
        chunk = np.zeros((n_rows, X.shape[1]))
        for start in range(0, len(X), n_rows):
            rows = X[start : start + n_rows]
            chunk[: len(rows)] = rows
            first = start // _TILE
            tiles = chunk.reshape(-1, _TILE, X.shape[1])[: n_tiles - first]
            product = projections[first : first + len(tiles)]
            with np.errstate(over="ignore", invalid="ignore"):
                np.matmul(tiles, self._columns, out=product)
        flat = projections.reshape(-1, self._columns.shape[1])[: len(X)]
        with np.errstate(over="ignore"):
            return flat, np.abs(flat).sum(axis=1)

    def _solve(
        self, projections: NDArray[np.float64], scale: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        systems = self._systems
        if systems is None or not len(projections):
            return self._solve_one_by_one(projections)
        guess = systems.encode(self._guesser.guess(projections))
        # Without negative components, one that has no projection cannot be active:
        # its descent is put out of doubt.
        np.copyto(projections, -scale[:, np.newaxis], where=projections <= 0)
        solution, uncertain = solve_by_pivoting(projections, guess, scale, systems)
        loadings = self._loadings_in(solution, scale)
        if len(uncertain):
            loadings[uncertain] = self._solve_uncertain(
                projections[uncertain], scale[uncertain], systems
            )
        return loadings

    def _solve_uncertain(
        self,
        projections: NDArray[np.float64],
        scale: NDArray[np.float64],
        systems: Systems,
    ) -> NDArray[np.float64]:
        """Solve rows one by one, then as all others where the support allows.

        A row that is uncertain from one guess and certain from another thus has
        the same bits both times.
        """
        loadings = self._solve_one_by_one(np.maximum(projections, 0.0))
        support = np.zeros(projections.shape, dtype=bool)
        support[:, : loadings.shape[1]] = loadings > MARGIN * scale[:, np.newaxis]
        solution, certain, _ = exchange(
            projections, systems.encode(support), scale, systems
        )
        loadings[certain] = self._loadings_in(solution, scale)[certain]
        return loadings

    def _solve_one_by_one(
        self, projections: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        return self._by_row.solve(projections[:, : self._n_components])

    def _loadings_in(
        self, solution: NDArray[np.float64], scale: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return what is inside the supports, without the descents outside."""
        inside = solution[:, : self._n_components]
        return np.where(inside > MARGIN * scale[:, np.newaxis], inside, 0.0)


def _systems_of(gram: NDArray[np.float64], n_components: int) -> Systems | None:
    """Return what solves rows fastest; None where nothing beats one by one."""
    if n_components > _MOST_IN_TABLES and least_eigenvalue(gram) > LEAST_SOUND:
        return OwnSystems(gram)
    if 0 < n_components <= _MOST_DEPENDENT_IN_TABLES:
        return SupportTable(gram)
    return None
