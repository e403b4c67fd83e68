"""Non-negative matrix factorization: the components that suit a matrix best."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.decomposition.nmf._hals import descend
from sklearn_microarch.decomposition.nmf._start_components import (
    nndsvd_components,
    random_components,
)

# Starts where no number is asked for. Where trials cost next to nothing beside the
# rest, more of them lead to the same minimum nearly whatever the seed.
_STARTS_OF_FEW, _STARTS_OF_MANY = 5, 16

# Starts are compared on this many rows. After so many iterations the better half of
# them goes on for twice as many, until one is left: most starts cost few iterations.
_TRIAL_ROWS = 5000
_TRIAL_ITERATIONS = 10
_TRIAL_TOL = 1e-5

# Of many rows, so many come to rest before all do: most iterations cost less. The
# best trials go that far, since a short one on few rows does not tell them apart.
_FEWER_ROWS = 20_000
_N_FINALISTS = 3


@dataclass(frozen=True)
class Factorization:
    """What a run of the solver found."""

    # (n_components, n_features), of unit L2 norm by descending energy of their
    # loadings; zero after the first n_useful
    components: NDArray[np.float64]
    n_useful: int  # as many as there are non-zero rows, or columns, at most
    n_iter: int  # on all rows
    converged: bool  # whether the last iteration met the tolerance


def factorize(
    X: NDArray[np.floating],
    n_components: int,
    *,
    n_init: int | Literal["auto"],
    max_iter: int,
    tol: float,
    generator: RandomState,
) -> Factorization:
    """Find components whose non-negative combinations reconstruct the rows.

    Several starts, the first of singular vectors and the others random, are tried on
    few rows, since there are many local minima. Of many rows the best of them are
    followed on more; the one that leads lowest is followed on all. "auto" has as many
    as cost little.
    """
    live_rows, live_columns = X.any(axis=1), X.any(axis=0)
    components = np.zeros((n_components, X.shape[1]))
    dense = X[np.ix_(live_rows, live_columns)]
    dense = dense.astype(np.promote_types(X.dtype, np.float32), copy=False)
    n_useful = min(n_components, *dense.shape)
    if n_useful == min(dense.shape):
        components[:n_useful, live_columns] = _exact_components(dense)
        return Factorization(components, n_useful, n_iter=1, converged=True)

    # Squares of very small or large values would leave the range of floats.
    dense /= dense.max()
    has_many = len(dense) > _TRIAL_ROWS
    if n_init == "auto":
        n_init = _STARTS_OF_MANY if len(dense) > _FEWER_ROWS else _STARTS_OF_FEW
    starts = [nndsvd_components(dense, n_useful)]
    starts += [random_components(starts[0].shape, generator) for _ in range(n_init - 1)]
    n_kept = _N_FINALISTS if has_many else 1
    starts = _best_starts(dense, starts, n_kept, generator=generator)
    if len(dense) > 2 * _FEWER_ROWS:
        fewer = draw_some_rows(dense, _FEWER_ROWS, generator=generator)
        starts = _end_lowest_first(fewer, starts, max_iter=max_iter, tol=tol)
    elif len(starts) > 1:
        starts = _end_lowest_first(dense, starts, max_iter=max_iter, tol=tol)
    found = descend(dense, starts[0], max_iter=max_iter, tol=tol)
    order = np.argsort(-found.energies, kind="stable")
    components[:n_useful, live_columns] = found.components[order]
    return Factorization(components, n_useful, found.n_iter, found.converged)


def draw_some_rows(
    X: NDArray[np.floating], n_rows: int, *, generator: RandomState
) -> NDArray[np.floating]:
    """Return a copy of so many rows, drawn without replacement, in their order."""
    return X[np.sort(generator.choice(len(X), size=n_rows, replace=False))]


def _exact_components(X: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the unit vectors or the rows themselves, whichever are fewer."""
    n_samples, n_features = X.shape
    if n_features <= n_samples:
        return np.eye(n_features)
    scaled = (X / X.max(axis=1, keepdims=True)).astype(np.float64)
    return scaled / np.linalg.norm(scaled, axis=1, keepdims=True)


def _best_starts(
    X: NDArray[np.floating],
    starts: list[NDArray[np.float64]],
    n_kept: int,
    *,
    generator: RandomState,
) -> list[NDArray[np.float64]]:
    """Return how far the best starts came in their trials, the best of them first."""
    # Successive halving (Jamieson and Talwalkar, 2016, arXiv:1502.07943).
    if len(starts) > n_kept and len(X) > _TRIAL_ROWS:
        X = draw_some_rows(X, _TRIAL_ROWS, generator=generator)
    max_iter = _TRIAL_ITERATIONS
    while len(starts) > n_kept:
        starts = _end_lowest_first(X, starts, max_iter=max_iter, tol=_TRIAL_TOL)
        starts = starts[: max(n_kept, len(starts) // 2)]
        max_iter *= 2
    return starts


def _end_lowest_first(
    X: NDArray[np.floating],
    starts: list[NDArray[np.float64]],
    *,
    max_iter: int,
    tol: float,
) -> list[NDArray[np.float64]]:
    """Return where descents from these components end, the lowest first."""
    ends = [descend(X, start, max_iter=max_iter, tol=tol) for start in starts]
    return [end.components for end in sorted(ends, key=lambda end: end.objective)]
