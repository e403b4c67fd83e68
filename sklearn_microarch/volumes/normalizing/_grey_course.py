"""Gain and offset of each plane of a volume, beside common grey levels."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images import GreyLevels

# Which measures of a window follow gain and offset.
_MEDIAN, _LOG_SPREAD = 0, 1


@dataclass(frozen=True, eq=False)
class GreyCourse:
    """How planes are exposed along a volume.

    A grey level of a plane is ``offset + gain`` times that of the common table.
    """

    # Of shape (n_planes, n_channels).
    gain: NDArray[np.float64]
    offset: NDArray[np.float64]

    def levels_of(self, plane: int, common: GreyLevels) -> GreyLevels:
        """Return the common grey levels as a plane would show them."""
        measures = common.measures.copy()
        measures[..., _MEDIAN] *= self.gain[plane]
        measures[..., _MEDIAN] += self.offset[plane]
        measures[..., _LOG_SPREAD] += np.log(self.gain[plane])
        return replace(common, measures=measures)

    def common_levels(self, plane: int, levels: GreyLevels) -> GreyLevels:
        """Return the grey levels of a plane as the common table would have them."""
        measures = levels.measures.copy()
        measures[..., _MEDIAN] -= self.offset[plane]
        measures[..., _MEDIAN] /= self.gain[plane]
        measures[..., _LOG_SPREAD] -= np.log(self.gain[plane])
        return replace(levels, measures=measures)
