"""Solvers of non-negative least squares, on the same rows and components."""

from collections.abc import Callable
from functools import partial

import numpy as np
from _peers_alone import Peer
from loadings import best_seconds

from sklearn_microarch import NMFEmbedder

# Rows for solvers that are called row by row.
N_ROWS = 2000

# Calls of which the fastest counts.
N_REPEATS = 3

# From rows of shape (m, d) to loadings of shape (m, k).
Solve = Callable[[np.ndarray], np.ndarray]


def few_rows(path: str) -> np.ndarray:
    """Return rows from all over a file, for solvers that take one at a time."""
    X = np.load(path, mmap_mode="r")
    return X[np.linspace(0, len(X) - 1, N_ROWS).astype(np.intp)]


def prepare_ours(
    read: Callable[[str], np.ndarray], path: str, components: np.ndarray
) -> Callable[[], dict]:
    """Return the transform of this library's embedder, for many rows at once."""
    rows = read(path)
    embedder = NMFEmbedder(len(components))
    embedder.n_features_in_ = rows.shape[1]
    embedder.components_ = components
    return _timed(embedder.transform, rows)


def prepare_scipy(path: str, components: np.ndarray) -> Callable[[], dict]:
    """Return a loop over SciPy's solver."""
    from scipy.optimize import nnls

    basis, rows = _in_columns(path, components)
    return _timed(lambda rows: np.array([nnls(basis, row)[0] for row in rows]), rows)


def prepare_fnnls(path: str, components: np.ndarray) -> Callable[[], dict]:
    """Return a loop over fnnls, which is written in Python."""
    from fnnls import fnnls

    basis, rows = _in_columns(path, components)
    # It returns the solution and the norm of the residual.
    return _timed(lambda rows: np.array([fnnls(basis, row)[0] for row in rows]), rows)


def prepare_fnnls_eigen(path: str, components: np.ndarray) -> Callable[[], dict]:
    """Return a loop over fnnlsEigen, which keeps the Gram matrix between rows."""
    from fnnlsEigen import CachePreComputeNNLS

    basis, rows = _in_columns(path, components)
    solver = CachePreComputeNNLS()
    return _timed(
        lambda rows: np.array([solver.fnnls(basis, row) for row in rows]), rows
    )


def _in_columns(path: str, components: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return components as the columns of a C-contiguous array, and rows, float64."""
    basis = np.ascontiguousarray(components.T, dtype=np.float64)
    return basis, few_rows(path).astype(np.float64)


def _timed(solve: Solve, rows: np.ndarray) -> Callable[[], dict]:
    """Return what solves all rows, tried before on a few of them."""
    solve(rows[:10])

    def work() -> dict:
        results = []
        seconds = best_seconds(lambda: results.append(solve(rows)), n_repeats=N_REPEATS)
        chosen = np.linspace(0, len(rows) - 1, N_ROWS).astype(np.intp)
        return {
            "seconds": seconds,
            "rows": len(rows),
            "loadings": results[-1][chosen],
        }

    return work


PEERS = {
    "transform": Peer("sklearn_microarch", partial(prepare_ours, few_rows)),
    "transform, all rows": Peer("sklearn_microarch", partial(prepare_ours, np.load)),
    "scipy.optimize.nnls": Peer("scipy", prepare_scipy),
    "fnnls": Peer("fnnls", prepare_fnnls),
    "fnnlsEigen": Peer("fnnlsEigen", prepare_fnnls_eigen),
}
