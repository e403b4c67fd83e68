"""Rows solved each on its own support, many at a time."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.decomposition.nnls._gram import least_eigenvalue
from sklearn_microarch.decomposition.nnls._pivoting import largest_descent

# Components whose smallest eigenvalue is below this send most rows from support to
# support: one by one they take less time.
LEAST_SOUND = 1e-3

# Supports are filled up to a multiple of so many components, and rows of one size
# solved together.
_STEP = 8

# Numbers in the matrices that are solved together: they stay in a core's cache.
_NUMBERS_PER_CHUNK = 2**17


class OwnSystems:
    """Solve rows on supports, for so many components that hardly two rows share one.

    A row's solution has the same bits whatever rows are beside it.
    """

    # A round costs far less than solving a row by itself: few settled rows are enough,
    # and at first none.
    settled_enough, n_free_rounds = 1 / 32, 2

    def __init__(self, gram: NDArray[np.float64]) -> None:
        self.largest_descent = largest_descent(least_eigenvalue(gram))
        self._gram = gram
        # What a support is filled up with has no part in the solution.
        self._filled = np.eye(len(gram) + _STEP)
        self._filled[: len(gram), : len(gram)] = gram

    def encode(self, support: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the flags (n_samples, n_columns) as they are."""
        return support

    def solve(
        self, projections: NDArray[np.float64], supports: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Return loadings on the support, and the descents they leave elsewhere."""
        n_columns = projections.shape[1]
        filled = np.zeros((len(projections), n_columns + _STEP))
        filled[:, :n_columns] = projections
        loadings = np.zeros_like(filled)
        sizes = -(-np.count_nonzero(supports, axis=1) // _STEP) * _STEP
        for size in np.unique(sizes[sizes > 0]):
            rows = np.flatnonzero(sizes == size)
            n_rows = max(1, _NUMBERS_PER_CHUNK // int(size) ** 2)
            for start in range(0, len(rows), n_rows):
                some = rows[start : start + n_rows]
                columns = _columns_of(supports[some], int(size))
                own = self._filled[columns[:, :, np.newaxis], columns[:, np.newaxis]]
                aims = np.take_along_axis(filled[some], columns, axis=1)
                found = np.linalg.solve(own, aims[:, :, np.newaxis])
                loadings[some[:, np.newaxis], columns] = found[:, :, 0]
        inside = loadings[:, :n_columns]
        return np.where(supports, inside, projections - inside @ self._gram)


def _columns_of(support: NDArray[np.bool_], size: int) -> NDArray[np.intp]:
    """Return the columns in each support (n_samples, size), then those behind."""
    row, column = np.nonzero(support)
    counts = np.count_nonzero(support, axis=1)
    place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    columns = support.shape[1] + np.arange(size) % _STEP
    columns = np.tile(columns, (len(support), 1))
    columns[row, place] = column
    return columns
