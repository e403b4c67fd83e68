"""A robust smooth curve through values along one axis.

W. S. Cleveland, "Robust locally weighted regression and smoothing scatterplots",
Journal of the American Statistical Association 74(368), 1979.
"""

from dataclasses import dataclass
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
# The standard deviation of a Gaussian without its farthest tenth, beside the whole.
_KEPT_SPREAD = 0.8


def smooth(
    x: NDArray[np.float64], y: NDArray[np.float64], at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a curve through (x, y), at least one point, at other places.

    Lines are fitted locally, by weights that fall with distance, and with what a point
    is off the curve. Beyond the first and last point the curve stays as it is there.
    """
    if len(x) < _FEWEST:
        return np.full(len(at), y.mean())
    return _local_lines(x, y, np.clip(at, x.min(), x.max()), _trust(x, y))


@dataclass(frozen=True)
class CurveScatter:
    """How far points scatter around a curve, and how far it changes along x.

    Standard deviations, in units of the values. What moves the curve is in neither.
    """

    scatter: float
    change: float


def scatter_of(x: NDArray[np.float64], y: NDArray[np.float64]) -> CurveScatter:
    """Return how far at least three points scatter around the curve through them."""
    trust = _trust(x, y)
    # The curve is linear in y once it is known how far each point is trusted.
    hat = np.stack([_local_lines(x, one, x, trust) for one in np.eye(len(x))], axis=1)
    curve = hat @ y
    n_free = max(1.0, len(x) - np.trace(hat))
    off = np.sort(np.abs(y - curve))
    # The few that are farthest off do not count here, as they do not move the curve.
    kept = off[: len(off) - max(1, len(off) // 10)]
    scatter = np.sqrt((kept**2).mean() * len(x) / n_free) / _KEPT_SPREAD
    return CurveScatter(float(scatter), float(curve.std()))


def _trust(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much each of at least three points counts."""
    trust = np.ones(len(x))
    for _ in range(_N_ROUNDS):
        off = np.abs(y - _local_lines(x, y, x, trust))
        usual = np.median(off)
        if usual <= _LEAST * np.abs(y).max():
            break
        trust = np.maximum(1 - (off / (6 * usual)) ** 2, 0) ** 2 + _LEAST
    return trust


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
