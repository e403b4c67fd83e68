"""How one specimen departs from the tables of tissues: factors by region and layer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom._seed import stream
from sklearn_microarch.datasets.phantom.anatomy._tissue import (
    CODES,
    LAYER_NAMES,
    TISSUES,
    WHITE_MATTER,
)

__all__ = ["Composition", "axon_regions"]

_CORTEX = CODES["cortex"]
_N_CODES, _N_LAYERS = 1 + len(TISSUES), 1 + len(LAYER_NAMES)
# Spread between animals at ``variation=1``: standard deviation of the logarithm of a
# region's factor, and of what a cortical layer adds to its own.
_SPREADS = {
    "cells": (0.08, 0.05),
    "cell_size": (0.03, 0.02),
    "axons": (0.08, 0.0),
    "grey": (0.15, 0.15),
}
# Natural factors further out than so many standard deviations are drawn in.
_FURTHEST = 2.5
# More cells than so many times the usual number do not fit.
_MOST_CELLS = 2.0


def _ones() -> NDArray[np.float64]:
    return np.ones((_N_CODES, _N_LAYERS))


@dataclass(frozen=True, eq=False)
class Composition:
    """Factors of what a tissue is made of, each (n_codes, n_layers + 1).

    Rows are codes of tissues, columns layers: 0 is all that is not cortex.
    """

    cells: NDArray[np.float64] = field(default_factory=_ones)
    cell_size: NDArray[np.float64] = field(default_factory=_ones)
    axons: NDArray[np.float64] = field(default_factory=_ones)
    # Of the difference in grey level to other regions, or to the cortex as a whole.
    grey: NDArray[np.float64] = field(default_factory=_ones)

    @classmethod
    def of(
        cls,
        seed: int,
        variation: float,
        planted: Mapping[str, Mapping[str, float]],
        *,
        layers: bool = True,
    ) -> "Composition":
        """Return natural factors times planted ones, which name regions and layers.

        ``planted`` maps the names of fields to such factors. Without ``layers``, those
        of the cortex have no nature of their own.
        """
        rng = stream(seed, "variation")
        factors = {}
        for name, (of_region, of_layer) in _SPREADS.items():
            # Drawn in any case, so that one field leaves the next one alone.
            regions = rng.standard_normal(_N_CODES)[:, np.newaxis]
            within = rng.standard_normal(_N_LAYERS)[1:]
            table = np.repeat(_lognormal(regions, variation * of_region), _N_LAYERS, 1)
            if layers:
                table[_CORTEX, 1:] *= _lognormal(within, variation * of_layer)
            if name == "axons":
                # White matter is axons throughout, in any animal.
                table[list(WHITE_MATTER)] = 1
            for part, factor in planted.get(name, {}).items():
                table[_place(part)] *= factor
            factors[name] = table
        factors["cells"] = np.minimum(factors["cells"], _MOST_CELLS)
        return cls(**factors)

    @property
    def keeps_cells(self) -> bool:
        """Whether cells are as the tables have them, in number and size."""
        return bool((self.cells == 1).all() and (self.cell_size == 1).all())

    def between_regions(self, grey: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return grey levels by code (n_codes,) with this specimen's differences."""
        factor = self.grey[:, 0].astype(np.float32)
        common = grey[1:].mean()
        return grey if (factor == 1).all() else common + factor * (grey - common)

    def between_layers(
        self, grey: NDArray[np.float32], layer: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """Return the difference in grey level of layers to the cortex as a whole."""
        factor = self.grey[_CORTEX].astype(np.float32)
        return grey if (factor == 1).all() else grey * factor[layer]

    def axons_of(self, name: str) -> float:
        """Return the factor of one region's axons."""
        return float(self.axons[CODES[name], 0])

    def named(self) -> dict[str, dict[str, float]]:
        """Return all factors by name of region and layer.

        Those of the cortex are its own, without what its layers add.
        """
        regions = {name: (code, 0) for name, code in CODES.items()}
        layers = {name: (_CORTEX, layer) for layer, name in LAYER_NAMES.items()}
        places = {
            "cells": regions | layers,
            "cell_size": regions | layers,
            "axons": {name: regions[name] for name in axon_regions()},
            "grey": regions | layers,
        }
        return {
            name: {part: float(getattr(self, name)[at]) for part, at in of.items()}
            for name, of in places.items()
        }


def axon_regions() -> list[str]:
    """Return the names of tissues with streaks or bundles of myelinated axons."""
    return [
        name
        for name, code in CODES.items()
        if name == "striatum" or TISSUES[code].axons > 0
    ]


def _lognormal(normal: NDArray, spread: float) -> NDArray[np.float64]:
    """Return factors of mean 1 from normal draws; ``spread`` 0 gives ones."""
    normal = np.clip(normal, -_FURTHEST, _FURTHEST)
    return np.exp(spread * normal - 0.5 * spread**2)


def _place(part: str) -> tuple[int | list[int], int | slice]:
    """Return where a table holds a region or a layer of the cortex."""
    for layer, name in LAYER_NAMES.items():
        if part == name:
            return _CORTEX, layer
    if part == "WM":
        return [CODES["IC"], CODES["CC"]], slice(None)
    return CODES[part], slice(None)
