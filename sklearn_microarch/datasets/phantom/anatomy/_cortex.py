"""Layers and barrels of the phantom's cortex, and how they shape its cells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom._noise import PlaneWaves
from sklearn_microarch.datasets.phantom._seed import stream
from sklearn_microarch.datasets.phantom.anatomy._anatomy import Location
from sklearn_microarch.datasets.phantom.anatomy._curves import CURVES
from sklearn_microarch.datasets.phantom.anatomy._thickness import Thickness
from sklearn_microarch.datasets.phantom.anatomy._tissue import CODES, LAYERS

__all__ = ["Cortex", "CorticalPlace"]

_N_BARRELS = 6
_FIRST_BARREL, _LAST_BARREL = 0.08, 0.93

# Zones of layer 4, by distance from a barrel's centre in units of its half width.
_HOLLOW, _WALL = 0.55, 0.84
_ZONE_CELLS = {"hollow": 0.95, "wall": 1.75, "septum": 0.35}
_ZONE_GREY = {"hollow": 3.0, "wall": -1.0, "septum": -3.0}


@dataclass(frozen=True, eq=False)
class CorticalPlace:
    """Place of points within the cortex."""

    layer: NDArray[np.uint8]  # 1 to 5 for L1, L2/3, L4, L5, L6; 0 elsewhere
    barrel: NDArray[np.uint16]  # number of the barrel, from 1; 0 elsewhere
    # Below the pia, as a share of the cortical thickness; NaN elsewhere.
    depth: NDArray[np.float32]
    grey: NDArray[np.float32]  # added to the region's grey level
    # Factors, 1 outside the cortex.
    grain: NDArray[np.float32]
    cells: NDArray[np.float32]
    cell_radius: NDArray[np.float32]


class Cortex:
    """Laminar and columnar organisation of one specimen's cortex.

    Where layers or barrels do not show in texture and cells, their borders are still
    known.
    """

    def __init__(
        self,
        seed: int,
        *,
        layers: bool = True,
        barrels: bool = True,
        thickness: Thickness | None = None,
    ) -> None:
        rng = stream(seed, "cortex")
        self._undulation = PlaneWaves.draw(rng, 0.03, wavelength=0.5, period_um=700)
        widths = rng.uniform(0.8, 1.2, _N_BARRELS)
        borders = np.concatenate([[0.0], np.cumsum(widths) / widths.sum()])
        self._borders = _FIRST_BARREL + (_LAST_BARREL - _FIRST_BARREL) * borders
        self._layers, self._barrels = layers, barrels
        self._thickness = Thickness(seed, {}) if thickness is None else thickness

    def locate(self, location: Location, z_um: NDArray | float) -> CorticalPlace:
        """Find the place of each point within the cortex."""
        shape = location.code.shape
        inside = location.code == CODES["cortex"]
        x, y = location.x[inside], location.y[inside]
        z = np.broadcast_to(np.asarray(z_um, x.dtype), shape)[inside]
        depth = _relative_depth(x, y) + self._undulation(x, y, z)
        place, depth = depth, self._thickness.nominal_depth(depth, y, z)
        layer = 1 + np.searchsorted([LAYERS[k].depth for k in (1, 2, 3, 4)], depth)
        barrel, zone = self._barrel(y, depth, layer)

        def spread(values: NDArray, outside: float, dtype: str) -> NDArray:
            full = np.full(shape, outside, dtype=dtype)
            full[inside] = values
            return full

        def of_layer(attribute: str, without: float) -> NDArray:
            table = [getattr(LAYERS[k], attribute) for k in sorted(LAYERS)]
            return np.array(table)[layer - 1] if self._layers else without + 0 * depth

        cells, grey = of_layer("cells", 1.0), of_layer("grey", 0.0)
        if self._barrels:
            for number, name in enumerate(_ZONE_CELLS, start=1):
                cells = np.where(zone == number, cells * _ZONE_CELLS[name], cells)
                grey = np.where(zone == number, grey + _ZONE_GREY[name], grey)
        return CorticalPlace(
            layer=spread(layer, 0, "uint8"),
            barrel=spread(barrel, 0, "uint16"),
            depth=spread(place, np.nan, "float32"),
            grey=spread(grey, 0.0, "float32"),
            grain=spread(of_layer("grain", 1.0), 1.0, "float32"),
            cells=spread(cells, 1.0, "float32"),
            cell_radius=spread(of_layer("cell_radius", 1.0), 1.0, "float32"),
        )

    def _barrel(
        self, y: NDArray, depth: NDArray, layer: NDArray
    ) -> tuple[NDArray, NDArray]:
        """Return barrel number and zone (0 none, then as in ``_ZONE_CELLS``)."""
        upper, lower = LAYERS[2].depth, LAYERS[3].depth
        column = np.searchsorted(self._borders, y)
        known = (layer == 3) & (column >= 1) & (column <= _N_BARRELS)
        column = np.clip(column, 1, _N_BARRELS)
        low, high = self._borders[column - 1], self._borders[column]
        across = (2 * y - low - high) / (high - low)
        along = (2 * depth - lower - upper) / (lower - upper)
        # A rounded rectangle, a little shorter than the layer is thick.
        along, across = (0.85 * along) ** 2, across**2
        radius = np.sqrt(np.sqrt(across**2 + along**2))
        zone = 1 + (radius > _HOLLOW) + (radius > _WALL)
        return np.where(known & (zone < 3), column, 0), np.where(layer == 3, zone, 0)


def _relative_depth(x: NDArray, y: NDArray) -> NDArray:
    """Return the depth below the pia as a share of the cortical thickness."""
    pia, white_matter = CURVES["right"](y), CURVES["callosum_right"](y)
    return (pia - x) / (pia - white_matter)
