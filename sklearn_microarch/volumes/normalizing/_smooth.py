"""A robust smooth curve through values along one axis.

W. S. Cleveland, "Robust locally weighted regression and smoothing scatterplots",
Journal of the American Statistical Association 74(368), 1979.
"""

from math import ceil

import numpy as np
from numpy.typing import NDArray

# As Cleveland's: points that take part in each local line, and rounds of weighting.
_SHARE, _N_ROUNDS = 2 / 3, 3
# Fewer points have no curve, but a mean.
_FEWEST = 3
# So that the farthest of the points that take part has a say.
_REACH = 1.25
_LEAST = 1e-6


def smooth(
    x: NDArray[np.float64], y: NDArray[np.float64], at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a curve through (x, y), at least one point, at other places.

    Lines are fitted locally, by weights that fall with distance, and with what a point
    is off the curve. Beyond the first and last point the curve stays as it is there.
    """
    if len(x) < _FEWEST:
        return np.full(len(at), y.mean())
    trust = np.ones(len(x))
    for _ in range(_N_ROUNDS):
        off = np.abs(y - _local_lines(x, y, x, trust))
        usual = np.median(off)
        if usual <= _LEAST * np.abs(y).max():
            break
        trust = np.maximum(1 - (off / (6 * usual)) ** 2, 0) ** 2 + _LEAST
    return _local_lines(x, y, np.clip(at, x.min(), x.max()), trust)


def _local_lines(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    at: NDArray[np.float64],
    trust: NDArray[np.float64],
) -> NDArray[np.float64]:
    n_near = max(_FEWEST, ceil(_SHARE * len(x)))
    found = np.empty(len(at))
    for row, place in enumerate(at.tolist()):
        distance = np.abs(x - place)
        reach = _REACH * np.partition(distance, n_near - 1)[n_near - 1]
        weight = trust * np.maximum(1 - (distance / reach) ** 3, 0) ** 3
        weight /= weight.sum()
        centre, mean = weight @ x, weight @ y
        slope = (weight * (x - centre)) @ y / (weight @ (x - centre) ** 2)
        found[row] = mean + slope * (place - centre)
    return found
