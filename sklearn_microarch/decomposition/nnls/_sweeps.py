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
    r"""Minimise :math:`\tfrac12 f^T G f - t^T f` over each row of ``factor`` in turn.

    Parameters
    ----------
    factor : ndarray of shape (n_components, n_columns)
        Non-negative, and modified in place. A row of negligible curvature stays.
    gram : ndarray of shape (n_components, n_components)
        Symmetric, of the dtype of ``factor``.
    target : ndarray of shape (n_components, n_columns)
        Of the dtype of ``factor``. Not modified.
    n_sweeps : int
        Number of updates of each row.
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
