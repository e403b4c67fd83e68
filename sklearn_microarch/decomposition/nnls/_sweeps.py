"""Coordinate descent with bounds at zero, one component of all rows at a time."""

import numpy as np
from numpy.typing import NDArray

# A component with less than this share of the largest curvature is left alone: a
# quotient of underflowing numbers is no update.
_NEGLIGIBLE_CURVATURE = 1e-30

# Components updated one by one between two matrix products that take in all others.
_COMPONENTS_PER_BLOCK = 16


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
    curvatures = gram.diagonal().copy()
    live = curvatures > _NEGLIGIBLE_CURVATURE * curvatures.max(initial=0.0)
    curvatures[~live] = 1.0
    coupling = gram / curvatures[:, np.newaxis]
    np.fill_diagonal(coupling, 0.0)
    goals = target / curvatures[:, np.newaxis]
    starts = range(0, len(factor), _COMPONENTS_PER_BLOCK)
    blocks = [slice(start, start + _COMPONENTS_PER_BLOCK) for start in starts]
    for _ in range(n_sweeps):
        for block in blocks:
            within = coupling[block, block]
            rest = goals[block]
            if len(blocks) > 1:
                outside = coupling[block].copy()
                outside[:, block] = 0.0
                rest = rest - outside @ factor
            _sweep_block(factor[block], within, rest, live[block])


def _sweep_block(
    factor: NDArray[np.floating],
    coupling: NDArray[np.floating],
    goals: NDArray[np.floating],
    live: NDArray[np.bool_],
) -> None:
    others = np.empty_like(factor[0])
    for index in np.flatnonzero(live):
        np.matmul(coupling[index], factor, out=others)
        np.subtract(goals[index], others, out=others)
        np.maximum(others, 0.0, out=factor[index])
