"""In which direction fibres run through each region of the phantom."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom.anatomy._anatomy import Location
from sklearn_microarch.datasets.phantom.anatomy._curves import CURVES
from sklearn_microarch.datasets.phantom.anatomy._tissue import CODES

__all__ = ["fibre_direction"]

Course = Callable[[NDArray, NDArray], NDArray]

# Angles as functions of atlas x and y, in slab heights. White matter follows a
# border of its region; the axons of VP arch around a point below the slab.
_COURSES: dict[str, Course] = {
    "cortex": lambda _x, y: 0.1 * np.sin(9 * y),
    "striatum": lambda x, y: 0.25 + 0.55 * np.sin(5 * y + 2 * x - 2.5),
    "TRN": lambda x, _y: np.arctan(CURVES["capsule"].slope(x)),
    "VP": lambda x, y: np.arctan2(x - 2.55, 1.36 - y),
    "ZI": lambda x, y: -0.9 + 0.8 * np.sin(4 * x + 5 * y),
    "IC": lambda x, y: np.arctan(CURVES["capsule"].slope(x)) + 0.3 * np.sin(12 * y),
    "hypothalamus": lambda _x, y: -0.8 + 0.3 * np.sin(6 * y),
    "CC": lambda _x, y: 0.5 * np.pi - np.arctan(CURVES["callosum_left"].slope(y)),
    "optic tract": lambda x, _y: np.arctan(CURVES["top"].slope(x)),
    "lateral nucleus": lambda x, _y: -0.6 + 0.5 * np.sin(5 * x),
}


def fibre_direction(location: Location) -> NDArray[np.float32]:
    """Return the angle in radians at which fibres run, from columns towards rows.

    That of an axis, so that angles that differ by pi are the same.
    """
    angle = np.zeros(location.code.shape, dtype=np.float32)
    for name, course in _COURSES.items():
        inside = location.code == CODES[name]
        # In double precision: in single, the last bits depend on the processor.
        x, y = (at[inside].astype(np.float64) for at in (location.x, location.y))
        angle[inside] = course(x, y)
    return angle
