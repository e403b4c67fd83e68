"""Geometry, regions and codes of the thalamocortical section of Prasad et al."""

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

SLICE_SHAPE = (1420, 5805)
N_SLICES = 720
PIXEL_SIZE_UM = 1.17
TISSUE_SLICES = range(15, 681)
ANNOTATED_SLICES = (109, 159, 209, 259, 309, 359, 409, 410, 460)

ROI_NAMES = MappingProxyType(
    {
        1: "cortex",
        2: "striatum",
        3: "TRN",
        4: "VP",
        5: "ZI",
        6: "IC",
        7: "hypothalamus",
        8: "CC",
    }
)
SIX_CLASS_NAMES = MappingProxyType(
    {1: "cortex", 2: "striatum", 4: "VP", 5: "ZI", 6: "WM", 7: "hypothalamus"}
)

# TRN is left out; internal capsule and corpus callosum are white matter.
_SIX_CLASS_CODES = np.array([0, 1, 2, 0, 4, 5, 6, 7, 6], dtype=np.uint8)


def unknown_codes(rois: NDArray) -> list[int]:
    """Return the values of an ROI map that are no code of this data set."""
    return [int(code) for code in np.unique(rois) if code not in (0, *ROI_NAMES)]


def as_six_classes(rois: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the six classes of Balwani and Dyer for the eight region codes."""
    return _SIX_CLASS_CODES[rois]
