"""Coordinate descent with bounds at zero, one component of all rows at a time."""

import numpy as np
from numpy.typing import NDArray

# A component with less than this share of the largest curvature is left alone: a
# quotient of underflowing numbers is no update.
_NEGLIGIBLE_CURVATURE = 1e-30


def coordinate_sweeps(
    factor: NDArray[np.floating],
    gram: NDArray[np.floating],
    target: NDArray[np.floating],
    *,
    n_sweeps: int,
) -> None:
    """Minimise f^T G f / 2 - t^T f over each row of ``factor`` in turn, in place.

    Factor and target are (n_components, n_columns), all of one dtype; a row of
    negligible curvature stays.
    """
    curvatures = gram.diagonal()
    floor = _NEGLIGIBLE_CURVATURE * curvatures.max(initial=0.0)
    live = np.flatnonzero(curvatures > floor)
    coupling = gram[live] / curvatures[live, np.newaxis]
    coupling[np.arange(len(live)), live] = 0.0
    goals = target[live] / curvatures[live, np.newaxis]
    others = np.empty_like(factor[0])
    for _ in range(n_sweeps):
        for index, weights, goal in zip(live, coupling, goals, strict=True):
            np.matmul(weights, factor, out=others)
            np.subtract(goal, others, out=others)
            np.maximum(others, 0.0, out=factor[index])
