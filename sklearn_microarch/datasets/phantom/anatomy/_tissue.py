"""What each kind of the phantom's tissue is made of: one table of constants."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.prasad2020._regions import ROI_NAMES

__all__ = [
    "BUNDLE_GRAIN",
    "BUNDLE_GREY",
    "CODES",
    "LAYERS",
    "LAYER_NAMES",
    "STRUCTURE_NAMES",
    "TISSUES",
    "VESSEL_GREY",
    "WHITE_MATTER",
    "Layer",
    "Tissue",
    "lookup",
]


@dataclass(frozen=True)
class Tissue:
    """Microarchitecture of one region."""

    grey: float  # between cells, vessels and axon bundles
    grain: float  # standard deviation of the fine texture, in grey levels
    fibre: float  # share of the texture that is drawn out along the fibres
    disorder: float  # spread of directions around the course of fibres, radians
    cells: float  # profiles per (150 um)^2
    cell_radius_um: float  # mean of a cell body, seen in three dimensions
    elongation: float  # mean ratio of a cell's long to its short axis
    cell_contrast: float  # how much darker a cell is, in grey levels
    nucleus: float  # how clearly a pale nucleus with a dark nucleolus shows, to 1
    vessels: float  # length of capillaries per volume, 1e-3 um per um^3
    vessel_calibre: float  # factor of the vessels' radius
    axons: float = 0.0  # share of the area taken by streaks of myelinated axons
    axon_contrast: float = 0.0  # how much brighter such a streak is, in grey levels


@dataclass(frozen=True)
class Layer:
    """What sets one cortical layer apart from the cortex as a whole."""

    depth: float  # of the lower border, as a share of the cortical thickness
    grey: float  # added to the grey level of the cortex
    # Factors of the texture, the cell count and the cell radius.
    grain: float
    cells: float
    cell_radius: float


#: Codes of the annotated regions, and of two that are tissue without a label.
CODES = {name: code for code, name in ROI_NAMES.items()} | {
    "optic tract": 9,
    "lateral nucleus": 10,
}

#: Tissue that consists of myelinated axons.
WHITE_MATTER = (CODES["IC"], CODES["CC"], CODES["optic tract"])

STRUCTURE_NAMES = {1: "vessel", 2: "cell", 3: "myelinated axon"}

LAYER_NAMES = {1: "L1", 2: "L2/3", 3: "L4", 4: "L5", 5: "L6"}

# What bundles of axons in the striatum, and blood vessels anywhere, look like.
BUNDLE_GREY, BUNDLE_GRAIN = 168.0, 15.0
VESSEL_GREY = 6.0

# fmt: off
TISSUES = {
    #        grey grain      disorder  radius     contrast    vessels     axons,
    #                 fibre      cells      stretch    nucleus      calibre   contrast
    1:  Tissue(121, 12, 0.10, 1.20, 14.5, 4.6, 1.15, 59, 0.10, 1.02, 1.00),
    2:  Tissue(120,  8, 0.15, 0.80, 15.9, 5.6, 1.20, 61, 0.60, 1.40, 1.00),
    3:  Tissue(138, 16, 0.60, 0.35, 14.2, 7.6, 1.60, 66, 0.30, 1.15, 1.25, 0.59, 24),
    4:  Tissue(134, 13, 0.35, 0.35, 20.5, 5.8, 1.60, 73, 0.80, 1.50, 1.10, 0.38, 34),
    5:  Tissue(150, 18, 0.25, 0.70, 20.5, 6.4, 1.45, 77, 0.80, 1.70, 1.50),
    6:  Tissue(163, 12, 0.40, 0.25,  6.0, 4.6, 2.40, 78, 0.20, 0.90, 1.00, 0.80,  7),
    7:  Tissue(133, 15, 0.50, 0.50, 11.0, 6.6, 1.40, 63, 0.90, 1.10, 1.10, 0.03, 22),
    8:  Tissue(150, 17, 0.80, 0.12,  5.0, 4.1, 2.60, 76, 0.10, 0.80, 1.00, 0.70, 14),
    9:  Tissue(176, 13, 0.45, 0.20,  2.5, 3.7, 2.40, 72, 0.10, 0.50, 1.00, 0.80,  7),
    10: Tissue(131, 11, 0.25, 0.70,  5.5, 5.4, 1.30, 54, 0.75, 0.70, 1.00, 0.05, 32),
}

LAYERS = {
    #        depth  grey  grain  cells  radius
    1: Layer(0.09,  -4.0,  0.70,  0.30,  0.85),
    2: Layer(0.32,  -2.0,  0.80,  1.10,  1.00),
    3: Layer(0.46,   3.0,  1.00,  1.60,  0.85),
    4: Layer(0.70,   0.0,  1.05,  0.75,  1.30),
    5: Layer(1.00,   1.0,  1.35,  0.95,  0.95),
}
# fmt: on


def lookup(attribute: str) -> NDArray[np.float32]:
    """Return one field of `Tissue` for all tissues (11,), by code; 0 for code 0."""
    values = [getattr(TISSUES[code], attribute) for code in sorted(TISSUES)]
    return np.array([0.0, *values], dtype=np.float32)
