"""Sections whose depth is known by geometry."""

import numpy as np

from sklearn_microarch import RoiMap

NAMES = {1: "cortex", 2: "CC", 3: "striatum"}


def ring(outer=100, inner=60, shape=(221, 231)):
    """Return a ring of cortex around white matter, and distances to its middle."""
    rows, cols = np.indices(shape)
    radius = np.hypot(rows - shape[0] // 2, cols - shape[1] // 2)
    codes = np.select([radius <= inner, radius <= outer], [2, 1], 0)
    return RoiMap(codes, NAMES, pixel_size_um=10.0), radius


def box(shape=(60, 80), top=5, bottom=50, left=10, right=70):
    """Return a box of cortex: pia on top, white matter below, cut at both sides."""
    codes = np.zeros(shape, dtype=int)
    codes[top:bottom, left:right] = 1
    codes[bottom : bottom + 5, left:right] = 2
    return codes
