"""The active-set method of Lawson and Hanson, over many rows at once."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.decomposition.nnls._normal_equations import (
    gram_times,
    solve_on_supports,
)


def finish_by_active_set(
    gram: NDArray[np.float64],
    projections: NDArray[np.float64],
    *,
    start: NDArray[np.float64],
    tolerance: NDArray[np.float64],
    max_steps: int | None = None,
) -> NDArray[np.float64]:
    """Solve least squares from feasible loadings (n_components, n_samples).

    A component enters when its descent exceeds the tolerance (n_samples,). Rounding can
    keep a row from its end; it is returned as it stands, no worse than its start.
    """
    # Lawson and Hanson, "Solving Least Squares Problems", chapter 23,
    # doi:10.1137/1.9781611971217. Every step lowers a row's objective and no support is
    # met twice, so that a row ends after finitely many steps, also where components
    # depend on each other.
    n_steps = 10 * len(gram) if max_steps is None else max_steps
    result = start.copy()
    live = np.arange(start.shape[1])
    current, support = start.copy(), start > 0
    refused = np.zeros_like(support)
    for _ in range(n_steps):
        if not len(live):
            return result
        b = projections[:, live]
        current, support, settled, refused = _move_to_support_minimum(
            current, support, refused, target=solve_on_supports(gram, b, support)
        )
        descent = b - gram_times(gram, current)
        descent[support | refused] = -np.inf
        entering = descent.argmax(axis=0)
        columns = np.arange(len(live))
        improvable = descent[entering, columns] > tolerance[live]
        grows = settled & improvable
        support[entering[grows], columns[grows]] = True

        result[:, live] = current
        keep = ~settled | improvable
        live, current = live[keep], current[:, keep]
        support, refused = support[:, keep], refused[:, keep]
    return result


def _move_to_support_minimum(
    current: NDArray[np.float64],
    support: NDArray[np.bool_],
    refused: NDArray[np.bool_],
    *,
    target: NDArray[np.float64],
) -> tuple[
    NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]
]:
    """Go to the target, or up to where the first component reaches zero.

    Returns the new loadings, supports, which rows reached their target, and
    the components that may not enter until the row has moved: one that leaves
    from zero, having just entered, would enter again and again.
    """
    blocking = support & (target <= 0)
    settled: NDArray[np.bool_] = np.logical_not(blocking.any(axis=0))
    share = np.full(current.shape, np.inf)
    np.divide(current, current - target, out=share, where=blocking & (current > 0))
    share[blocking & (current <= 0)] = 0.0
    step = np.where(settled, 1.0, share.min(axis=0))
    leaving = blocking & (share <= step)
    moved = np.where(settled, target, current + step * (target - current))
    moved[leaving] = 0.0
    np.maximum(moved, 0.0, out=moved)
    progress = (moved != current).any(axis=0)
    refused = (refused & ~progress) | (leaving & (current <= 0))
    return moved, support & ~leaving, settled, refused
