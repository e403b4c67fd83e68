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
    r"""Find the loadings that reconstruct each row best.

    For each row :math:`x` the result is the minimiser of
    :math:`\lVert x - w H \rVert^2` over :math:`w \ge 0`, with the components as
    the rows of :math:`H`. A row's loadings have the same bits whatever other
    rows are in ``X``, and for any number of threads.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), floating
        Finite rows. May be a memory map: they are read in blocks.
    components : ndarray of shape (n_components, n_features)
        Non-negative rows of unit L2 norm, or zero; a zero one gets loading zero.
    device : str, default="cpu"
        As for `make_loading_solver`.
    check : callable or None, default=None
        Called with each block of rows before it is solved; may raise.

    Returns
    -------
    loadings : ndarray of shape (n_samples, n_components)
        Computed in float64; of the dtype of ``X``, float32 for float16.
    """
    solver = make_loading_solver(components, device)
    loadings = np.empty((len(X), len(components)), dtype=loading_dtype(X.dtype))

    def fill(rows: slice) -> None:
        block = X[rows]
        if check is not None:
            check(block)
        loadings[rows] = solver.solve(block)

    blocks = row_batches(len(X), rows_per_batch=solver.rows_per_batch)
    for _ in map_batches(fill, blocks):
        pass
    return loadings


def loading_dtype(dtype: np.dtype) -> np.dtype:
    """Return the dtype of the loadings of rows.

    Parameters
    ----------
    dtype : dtype
        That of the rows.

    Returns
    -------
    dtype : dtype
        The same, but float32 for float16, in which loadings would lose digits.
    """
    return np.promote_types(dtype, np.float32)


def make_loading_solver(
    components: NDArray[np.floating], device: str
) -> "LoadingSolver | TorchLoadingSolver":
    """Return a solver for a device.

    Parameters
    ----------
    components : ndarray of shape (n_components, n_features)
        Non-negative rows of unit L2 norm, or zero.
    device : str
        "cpu" for numpy, or the name of a device of torch that exists.

    Returns
    -------
    solver : LoadingSolver or TorchLoadingSolver
        With the methods ``solve`` and ``solve_and_gather``, and the number of
        rows to give them at a time.
    """
    if device == "cpu":
        return LoadingSolver(components)
    from sklearn_microarch.decomposition.nnls._torch_loadings import TorchLoadingSolver

    return TorchLoadingSolver(components, device)
