"""Learn components from some rows, and give all rows their exact loadings."""

import warnings
from dataclasses import replace

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from sklearn_microarch.decomposition._nmf import Factorization, factorize
from sklearn_microarch.decomposition._nnls import nonnegative_loadings
from sklearn_microarch.decomposition._reconstruction import component_energies
from sklearn_microarch.exceptions import UnusedComponentsWarning


def learn_embedding(
    X: NDArray[np.floating],
    n_components: int,
    *,
    n_init: int,
    max_iter: int,
    tol: float,
    max_samples: int | None,
    generator: RandomState,
) -> tuple[Factorization, NDArray[np.floating]]:
    """Factorize a sample of the rows and solve for the loadings of all.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), dtype float32 or float64
        Finite, non-negative.
    n_components, n_init, max_iter, tol
        As for `factorize`.
    max_samples : int or None
        Rows drawn for the factorization when there are more. None: all.
    generator : RandomState
        Draws the rows, and serves `factorize`.

    Returns
    -------
    factorization : Factorization
        Components of the dtype of ``X``, by descending energy over all rows.
    loadings : ndarray of shape (n_samples, n_components), dtype of ``X``
        Exact non-negative loadings.

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
    rows = X
    if max_samples is not None and len(X) > max_samples:
        rows = X[np.sort(generator.choice(len(X), size=max_samples, replace=False))]
    found = factorize(
        rows,
        n_components,
        n_init=n_init,
        max_iter=max_iter,
        tol=tol,
        generator=generator,
    )
    _warn_about(found, rows.shape, max_iter=max_iter, tol=tol)
    components = found.components.astype(X.dtype)
    loadings = nonnegative_loadings(X, components)
    order = np.argsort(-component_energies(loadings), kind="stable")
    if (order != np.arange(len(order))).any():
        # The sample, or the solver's last sweep, ranked near equals otherwise. The
        # loadings are solved again: their last bits depend on the order.
        components = components[order]
        loadings = nonnegative_loadings(X, components)
    return replace(found, components=components), loadings


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
