"""Learn components from some rows, refine them on all, and solve for all loadings."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from sklearn_microarch._freed_memory import freed_memory_kept
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.decomposition.nmf._nmf import (
    Factorization,
    draw_some_rows,
    factorize,
)
from sklearn_microarch.decomposition.nmf._passes import RowPasses, refine_components
from sklearn_microarch.decomposition.nnls._loadings import loading_dtype
from sklearn_microarch.decomposition.nnls._statistics import Statistics
from sklearn_microarch.exceptions import UnusedComponentsWarning

# One less the cosine of the loadings of two components that do the work of one.
_ALIKE = 1e-12


@dataclass(frozen=True)
class Embedding:
    """Components, and what is known of the rows they were learned from."""

    # (n_components, n_features), of unit L2 norm or zero, by descending energy
    components: NDArray[np.floating]
    error: float  # Frobenius norm of the residual, in the unit of the rows
    n_iter: int  # on the rows learned from
    statistics: Statistics  # of all rows, in squares of `unit`
    unit: float  # a power of two


def learn_embedding(
    passes: RowPasses,
    n_components: int,
    *,
    n_init: int | Literal["auto"],
    max_iter: int,
    tol: float,
    max_samples: int | None,
    generator: RandomState,
) -> Embedding:
    """Factorize a sample of the rows, and go over all of them a few times.

    Rows (n_samples, n_features) are finite and non-negative.
    """
    if max_samples is not None and max_samples < n_components:
        raise ValueError(
            f"max_samples={max_samples} must be at least n_components={n_components}, "
            "or None for all rows."
        )
    X = passes.X
    n_rows = len(X) if max_samples is None else min(max_samples, len(X))
    is_sampled = n_rows < len(X)
    rows = draw_some_rows(X, n_rows, generator=generator) if is_sampled else X
    with freed_memory_kept():
        found = factorize(
            rows,
            n_components,
            n_init=n_init,
            max_iter=max_iter,
            tol=tol,
            generator=generator,
        )
        _warn_about(found, rows.shape, max_iter=max_iter, tol=tol)
        components, statistics = refine_components(
            passes,
            found.components.astype(loading_dtype(X.dtype)),
            tol=tol if is_sampled else np.inf,
        )
    if found.n_useful == n_components:
        _warn_of_idle_components(components, statistics)
    error = passes.unit * float(np.sqrt(statistics.objective(components)))
    if np.isnan(error):
        error = passes.residual_norm(components)
    return Embedding(components, error, found.n_iter, statistics, passes.unit)


def _warn_about(
    found: Factorization, shape: tuple[int, ...], *, max_iter: int, tol: float
) -> None:
    n_components = len(found.components)
    if found.n_useful < n_components:
        warn_user(
            f"n_components={n_components} is more than the {found.n_useful} that X of "
            f"shape {shape} can use, the smaller number of its non-zero rows and "
            "columns; the components left over are zero.",
            UnusedComponentsWarning,
        )
    if not found.converged:
        warn_user(
            f"The solver stopped at max_iter={max_iter} before an iteration gained "
            f"less than tol={tol:g}; raise max_iter or tol.",
            ConvergenceWarning,
        )


def _warn_of_idle_components(
    components: NDArray[np.floating], statistics: Statistics
) -> None:
    """Warn of components that load no row, or all rows in proportion to another."""
    energies = statistics.energies
    rounding = (10 * float(np.finfo(components.dtype).eps)) ** 2
    used = energies > rounding * energies.sum()
    lengths = np.sqrt(energies[used])
    cosines = statistics.gram[np.ix_(used, used)] / np.outer(lengths, lengths)
    repeated = (np.triu(cosines, k=1) > 1 - _ALIKE).any(axis=0)
    n_idle, n_repeated = np.count_nonzero(~used), np.count_nonzero(repeated)
    if n_idle or n_repeated:
        warn_user(
            f"n_components={len(used)} is more than the "
            f"{len(used) - n_idle - n_repeated} that X can use: of the others {n_idle} "
            f"load none of its rows, and {n_repeated} all in proportion to another.",
            UnusedComponentsWarning,
        )
