"""What counts as a pixel size, whichever file states it."""

from numbers import Real

import numpy as np

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.exceptions import ImageFileError

_UM_PER_UNIT = {
    "å": 1e-4,
    "angstrom": 1e-4,
    "pm": 1e-6,
    "nm": 1e-3,
    "nanometer": 1e-3,
    "nanometre": 1e-3,
    "um": 1.0,
    "µm": 1.0,
    "micron": 1.0,
    "micrometer": 1.0,
    "micrometre": 1.0,
    "mm": 1e3,
    "millimeter": 1e3,
    "millimetre": 1e3,
    "cm": 1e4,
    "centimeter": 1e4,
    "centimetre": 1e4,
    "m": 1e6,
    "in": 25400.0,
    "inch": 25400.0,
}
ANISOTROPY_TOLERANCE = 0.01
# From the width of an atom to 10 cm: what lies outside is no pixel of a slice.
SMALLEST_UM, LARGEST_UM = 1e-5, 1e5
# Width and height of a pixel in micrometres; None where unknown.
PixelEdges = tuple[float | None, float | None]


def square_edge(edges: PixelEdges, *, where: str) -> float | None:
    """Return the edge, in micrometres, of pixels that are square within 1 %.

    None where no edge is known, or one is none that a pixel can have.
    """
    known = [edge for edge in edges if edge is not None]
    if not known or not all(SMALLEST_UM <= edge <= LARGEST_UM for edge in known):
        return None
    smallest, largest = min(known), max(known)
    if largest > smallest * (1 + ANISOTROPY_TOLERANCE):
        width, height = edges
        raise ImageFileError(
            f"{where}: pixels are {width:g} um wide and {height:g} um high, but square "
            "pixels are needed; resample the image first, or pass pixel_size_um to "
            "read it as if they were square."
        )
    return (smallest + largest) / 2


def um_per_unit(unit: str) -> float | None:
    """Return how many micrometres a unit of length is, or None when it is none."""
    # ImageJ spells the micro sign as an escape; Unicode has two micro signs.
    name = unit.strip().lower().replace("\\u00b5", "µ").replace("μ", "µ")
    if name in _UM_PER_UNIT:
        return _UM_PER_UNIT[name]
    return _UM_PER_UNIT.get(name.removesuffix("s"))


def check_pixel_size(pixel_size_um: object) -> float | None:
    """Return a pixel size in micrometres as a float, or None when unknown."""
    if pixel_size_um is None:
        return None
    if isinstance(pixel_size_um, bool) or not isinstance(pixel_size_um, Real):
        raise TypeError(
            f"pixel_size_um={shown(pixel_size_um)} must be a number of micrometres or "
            "None."
        )
    try:
        size = float(pixel_size_um)
    except OverflowError:
        size = np.inf
    if not 0 < size < np.inf:
        raise ValueError(
            f"pixel_size_um={shown(pixel_size_um)} must be positive and finite."
        )
    return size
