"""Where in the phantom's anatomy a point lies: its region, and how far from the rim."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom._noise import PlaneWaves
from sklearn_microarch.datasets.phantom._seed import stream
from sklearn_microarch.datasets.phantom.anatomy._curves import ASPECT, CURVES
from sklearn_microarch.datasets.phantom.anatomy._tissue import CODES

__all__ = ["Anatomy", "Location", "frame_coordinates", "region_codes"]


@dataclass(frozen=True, eq=False)
class Location:
    """Anatomy at some points, or at every pixel of a grid."""

    code: NDArray[np.uint8]  # one of `CODES`
    # Distance to the outline in slab heights, positive inside the tissue. Measured
    # along a row or a column, so that it overestimates on slanted borders.
    margin: NDArray
    x: NDArray  # in the undeformed atlas, slab heights
    y: NDArray


class Anatomy:
    """Anatomy of one specimen: the atlas under a smooth deformation.

    The deformation differs between specimens, and drifts along z within one, so that
    borders move smoothly from slice to slice.
    """

    def __init__(self, seed: int) -> None:
        rng = stream(seed, "anatomy")
        # Of the specimen (long waves, hardly moving) and of the section.
        self._shift_x = (
            PlaneWaves.draw(rng, 0.060, wavelength=2.5, period_um=6000),
            PlaneWaves.draw(rng, 0.030, wavelength=0.9, period_um=900),
        )
        self._shift_y = (
            PlaneWaves.draw(rng, 0.030, wavelength=2.5, period_um=6000),
            PlaneWaves.draw(rng, 0.022, wavelength=0.9, period_um=900),
        )

    def locate(
        self,
        x: NDArray,
        y: NDArray,
        z_um: NDArray | float,
        ragged: tuple[NDArray, NDArray] | None = None,
    ) -> Location:
        """Look up the anatomy at broadcastable x, y (slab heights) and z.

        x runs from 0 to `ASPECT`, y from 0 to 1. ``ragged`` are local shifts, along x
        and y, of the borders between regions; the outline stays.
        """
        atlas_x = x + sum(waves(x, y, z_um) for waves in self._shift_x)
        atlas_y = y + sum(waves(x, y, z_um) for waves in self._shift_y)
        margin = CURVES["bottom"](atlas_x) - atlas_y
        np.minimum(margin, atlas_y - CURVES["top"](atlas_x), out=margin)
        np.minimum(margin, CURVES["right"](atlas_y) - atlas_x, out=margin)
        np.minimum(margin, atlas_x - CURVES["top"].start, out=margin)
        if ragged is not None:
            atlas_x, atlas_y = atlas_x + ragged[0], atlas_y + ragged[1]
        return Location(region_codes(atlas_x, atlas_y), margin, atlas_x, atlas_y)


def region_codes(x: NDArray, y: NDArray) -> NDArray[np.uint8]:
    """Return the atlas' region at x, y (slab heights), the outline left aside."""
    above_capsule = y < CURVES["capsule"](x)
    medial = x < CURVES["hypothalamus"](y)
    code = np.where(x < CURVES["incerta"](y), CODES["ZI"], CODES["VP"])
    code = code.astype(np.uint8)
    # Later lines overrule earlier ones.
    code[above_capsule & ~medial] = CODES["IC"]
    reticular = CURVES["reticular"]
    inner = (y < reticular(x)) & (x > reticular.start) & (x < reticular.stop)
    code[inner & ~above_capsule] = CODES["TRN"]
    code[medial] = CODES["hypothalamus"]
    code[x < CURVES["lateral"](y)] = CODES["lateral nucleus"]
    code[medial & (y < CURVES["tract"](x))] = CODES["optic tract"]
    code[x > CURVES["striatum"](y)] = CODES["striatum"]
    code[x > CURVES["callosum_left"](y)] = CODES["CC"]
    code[x > CURVES["callosum_right"](y)] = CODES["cortex"]
    return code


def frame_coordinates(
    shape: tuple[int, int],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return x (1, width) of columns and y (height, 1) of rows, in slab heights."""
    height, width = shape
    x = (np.arange(width, dtype=np.float32) + 0.5) * np.float32(ASPECT / width)
    y = (np.arange(height, dtype=np.float32) + 0.5) / np.float32(height)
    return x[np.newaxis, :], y[:, np.newaxis]
