"""Block principal pivoting of many rows."""

from itertools import count
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

# A loading counts as positive above this share of the row's scale, a hundred times
# what rounding can amount to.
MARGIN = 1e-8

# Components whose smallest eigenvalue is above this leave a row one solution, which
# moves by less than the margin of loadings when a descent of the slack is allowed.
_WELL_CONDITIONED = 1e-2
_SLACK = 1e-12

# Rows on which it is tried first whether a round is worth its cost.
_PROBE = 16


class Systems(Protocol):
    """Solve rows on supports, which are written in a way of its own, one a row."""

    # A round must settle this share of its rows, or the rest is left; but for the first
    # ones.
    settled_enough: float
    n_free_rounds: int

    # Descent up to which a row counts as solved, as a share of its scale.
    largest_descent: float

    def encode(self, support: NDArray[np.bool_]) -> NDArray[Any]:
        """Write the supports of rows, given as flags (n_samples, n_columns)."""

    def solve(
        self, projections: NDArray[np.float64], supports: NDArray[Any]
    ) -> NDArray[np.float64]:
        """Return loadings on the support, and the descents that they leave elsewhere.

        (n_samples, n_columns), as projections are.
        """


def largest_descent(least_eigenvalue: float) -> float:
    """Return the descent up to which a row counts as solved, as a share of its scale.

    Negative among components that depend on each other nearly: then only a clear
    ascent tells that no other support serves as well.
    """
    return _SLACK if least_eigenvalue > _WELL_CONDITIONED else -MARGIN


def solve_by_pivoting(
    projections: NDArray[np.float64],
    supports: NDArray[Any],
    scale: NDArray[np.float64],
    systems: Systems,
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Exchange all components that break an optimality condition, until none does.

    Return loadings where positive and descents where negative (n_samples, n_columns),
    and the rows whose support is not certain, or was not found. Loadings do not depend
    on the guess of the supports. `scale` is positive.
    """
    if not systems.n_free_rounds:
        probe = slice(None, None, -(-len(projections) // _PROBE))
        _, certain, _ = exchange(
            projections[probe], supports[probe], scale[probe], systems
        )
        if certain.mean() < systems.settled_enough:
            return projections, np.arange(len(projections))
    solution, certain, further = exchange(projections, supports, scale, systems)
    live = np.flatnonzero(~certain)
    for n_rounds in count(1):
        is_free = n_rounds < systems.n_free_rounds
        if not len(live) or not (is_free or certain.mean() >= systems.settled_enough):
            break
        exchanged, certain, further = exchange(
            projections[live], further[~certain], scale[live], systems
        )
        solution[live[certain]] = exchanged[certain]
        live = live[~certain]
    return solution, live


def exchange(
    projections: NDArray[np.float64],
    supports: NDArray[Any],
    scale: NDArray[np.float64],
    systems: Systems,
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[Any]]:
    """Return solutions of rows on supports, which are certain, and what to try.

    A support is certain when every loading in it exceeds the margin, and no descent
    outside it exceeds what keeps any other support from being certain. The solution
    (n_samples, n_columns) holds loadings on the support and descents elsewhere.
    """
    solution = systems.solve(projections, supports)
    further = systems.encode(solution > (MARGIN * scale)[:, np.newaxis])
    limit = (systems.largest_descent * scale)[:, np.newaxis]
    certain = _same(further, supports)
    certain &= _same(systems.encode(solution > limit), supports)
    return solution, certain, further


def _same(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.bool_]:
    equal = first == second
    return equal if equal.ndim == 1 else equal.all(axis=1)
