"""Learn components from some rows, refine them on all, and solve for all loadings."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from sklearn_microarch.decomposition.nmf._nmf import Factorization, draw_rows, factorize
from sklearn_microarch.decomposition.nmf._passes import solve_all
from sklearn_microarch.decomposition.nmf._reconstruction import residual_norm
from sklearn_microarch.decomposition.nnls._loadings import loading_dtype
from sklearn_microarch.decomposition.nnls._statistics import Statistics, unit_of
from sklearn_microarch.exceptions import UnusedComponentsWarning


@dataclass(frozen=True)
class Embedding:
    """Components, and what is known of the rows they were learned from.

    Parameters
    ----------
    components : ndarray of shape (n_components, n_features), float32 or float64
        Rows of unit L2 norm, or zero, by descending energy over all rows.
    error : float
        Frobenius norm of the residual, in the unit of the rows.
    n_iter : int
        Iterations on the rows learned from.
    statistics : Statistics
        Of all rows, in squares of ``unit``.
    unit : float
        A power of two.
    """

    components: NDArray[np.floating]
    error: float
    n_iter: int
    statistics: Statistics
    unit: float


def learn_embedding(
    X: NDArray[np.floating],
    n_components: int,
    *,
    largest: float,
    n_init: int,
    max_iter: int,
    tol: float,
    max_samples: int | None,
    generator: RandomState,
    device: str = "cpu",
    loadings: NDArray[np.floating] | None = None,
) -> Embedding:
    """Factorize a sample of the rows, and go over all of them a few times.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), floating
        Finite, non-negative. May be a memory map: but for the sample, it is read
        in blocks.
    largest : float
        The largest entry of ``X``.
    n_components, n_init, max_iter, tol
        As for `factorize`.
    max_samples : int or None
        Rows drawn for the factorization when there are more. None: all.
    generator : RandomState
        Draws the rows, and serves `factorize`.
    device : str, default="cpu"
        Where all rows are solved for their loadings, as for `make_loading_solver`.
    loadings : ndarray of shape (n_samples, n_components) or None, default=None
        Where the exact loadings of all rows are written.

    Returns
    -------
    embedding : Embedding

    Raises
    ------
    ValueError
        If ``max_samples`` is less than ``n_components``.
    """
    if max_samples is not None and max_samples < n_components:
        raise ValueError(
            f"max_samples={max_samples} must be at least n_components={n_components}, "
            "or None for all rows."
        )
    n_rows = len(X) if max_samples is None else min(max_samples, len(X))
    is_sampled = n_rows < len(X)
    rows = draw_rows(X, n_rows, generator=generator) if is_sampled else X
    found = factorize(
        rows,
        n_components,
        n_init=n_init,
        max_iter=max_iter,
        tol=tol,
        generator=generator,
    )
    _warn_about(found, rows.shape, max_iter=max_iter, tol=tol)

    def store(rows: slice, found: NDArray[np.float64]) -> None:
        if loadings is not None:
            loadings[rows] = found

    unit = unit_of(largest)
    components, statistics = solve_all(
        X,
        found.components.astype(loading_dtype(X.dtype)),
        unit=unit,
        tol=tol if is_sampled else np.inf,
        device=device,
        store=store,
    )
    objective = statistics.objective(components)
    error = unit * float(np.sqrt(objective))
    if np.isnan(error):
        error = residual_norm(X, components, unit=unit, device=device)
    return Embedding(components, error, found.n_iter, statistics, unit)


def _warn_about(
    found: Factorization, shape: tuple[int, ...], *, max_iter: int, tol: float
) -> None:
    n_components = len(found.components)
    if found.n_useful < n_components:
        warnings.warn(
            f"n_components={n_components} is more than the {found.n_useful} that X of "
            f"shape {shape} can use, the smaller number of its non-zero rows and "
            "columns; the components left over are zero.",
            UnusedComponentsWarning,
            stacklevel=2,
        )
    if not found.converged:
        warnings.warn(
            f"The solver stopped at max_iter={max_iter} before an iteration gained "
            f"less than tol={tol:g}; raise max_iter or tol.",
            ConvergenceWarning,
            stacklevel=2,
        )
