"""Layers that are thicker here and thinner there: depths brought to nominal ones."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom._seed import stream
from sklearn_microarch.datasets.phantom.anatomy._tissue import LAYER_NAMES, LAYERS

__all__ = ["Thickness"]

# The course of a layer's thickness along the cortex: waves that many times in so many
# slab heights, and how much each weighs.
_PERIOD = 1.0
_WAVES = ((1, 1.0), (2, 1.0), (3, 0.5))
_TABLE_SIZE = 2048
# While z goes on by so much, the course moves by one slab height along the cortex.
_DRIFT_UM = 8000.0


class Thickness:
    """Relative thickness of one specimen's cortical layers, as a function of place."""

    def __init__(
        self, seed: int, factors: Mapping[str, float], uneven: float = 0.0
    ) -> None:
        self._nominal = np.diff([0.0, *(LAYERS[k].depth for k in sorted(LAYERS))])
        scaled = [factors.get(LAYER_NAMES[k], 1.0) for k in sorted(LAYERS)]
        thickness = self._nominal * scaled
        self._mean = thickness / thickness.sum()
        self._course = uneven * _course(seed, self._mean)
        self.is_nominal = uneven == 0 and all(factor == 1 for factor in scaled)

    def at(self, y: NDArray, z_um: NDArray | float) -> NDArray[np.float64]:
        """Return shares of the cortical thickness, (5, n_points), that add up to 1.

        ``y`` is in slab heights, (n_points,).
        """
        place = (np.asarray(y, np.float64) + np.asarray(z_um) / _DRIFT_UM) / _PERIOD
        index = (place * _TABLE_SIZE).astype(np.int64) % _TABLE_SIZE
        return self._mean[:, np.newaxis] * (1 + self._course[:, index])

    def nominal_depth(
        self, depth: NDArray, y: NDArray, z_um: NDArray | float
    ) -> NDArray:
        """Return the depths at which the table of layers has what lies at ``depth``.

        All (n_points,), as shares of the cortical thickness.
        """
        if self.is_nominal:
            return depth
        upper = np.zeros(len(depth))
        nominal = np.minimum(depth, 0) + np.maximum(depth - 1, 0).astype(np.float64)
        for thickness, width in zip(self.at(y, z_um), self._nominal, strict=True):
            nominal += width * np.clip((depth - upper) / thickness, 0, 1)
            upper += thickness
        return nominal


def _course(seed: int, mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return relative departures (5, n) along the cortex, the largest one 1.

    At each place those of all layers, weighted by thickness, add up to 0.
    """
    rng = stream(seed, "layer thickness")
    place = 2 * np.pi * np.arange(_TABLE_SIZE) / _TABLE_SIZE
    course = np.zeros((len(mean), _TABLE_SIZE))
    for number, weight in _WAVES:
        phase = rng.uniform(0, 2 * np.pi, (len(mean), 1))
        course += weight * np.sin(number * place + phase)
    # Again and again, so that thin and thick layers end up with like departures.
    for _ in range(20):
        course /= np.abs(course).max(axis=1, keepdims=True)
        course -= mean @ course
    return course / np.abs(course).max()
