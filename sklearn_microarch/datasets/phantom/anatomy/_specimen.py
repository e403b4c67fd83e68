"""One phantom specimen: its seed, its frame and its anatomy in micrometres."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom._noise import smooth_noise
from sklearn_microarch.datasets.phantom.anatomy._anatomy import Anatomy, Location
from sklearn_microarch.datasets.phantom.anatomy._cortex import Cortex, CorticalPlace
from sklearn_microarch.datasets.phantom.anatomy._curves import ASPECT

__all__ = ["Specimen"]

_NATURAL_HEIGHT_UM = 900.0


@dataclass(frozen=True, eq=False)
class Specimen:
    """What all slices of one phantom share."""

    seed: int  # all structures derive from it
    shape: tuple[int, int]  # of a slice, in pixels
    pixel_size_um: float
    anatomy: Anatomy
    cortex: Cortex

    @property
    def height_um(self) -> float:
        """Height of the frame, in micrometres."""
        return self.shape[0] * self.pixel_size_um

    @property
    def width_um(self) -> float:
        """Width of the frame, in micrometres."""
        return self.shape[1] * self.pixel_size_um

    @property
    def shrinkage(self) -> float:
        """Size of anatomical structures, 1 in a frame of natural height.

        Cells and vessels keep their size in a small frame; bundles of axons,
        which belong to the anatomy, shrink with it.
        """
        return min(1.0, self.height_um / _NATURAL_HEIGHT_UM)

    def locate_um(
        self, x_um: NDArray, y_um: NDArray, z_um: NDArray
    ) -> tuple[Location, CorticalPlace]:
        """Look up the anatomy at points in space, each array (n_points,)."""
        x = np.asarray(x_um) * (ASPECT / self.width_um)
        location = self.anatomy.locate(x, np.asarray(y_um) / self.height_um, z_um)
        return location, self.cortex.locate(location, z_um)

    def smooth_field(
        self, z_um: float, name: str, sigma_um: float, depth_um: float
    ) -> NDArray[np.float32]:
        """Return a smooth random field (height, width) of unit variance.

        ``name`` is that of its random stream; after ``depth_um`` it is wholly renewed.
        """
        return smooth_noise(
            self.seed,
            name,
            self.shape,
            sigma_px=sigma_um / self.pixel_size_um,
            z_um=z_um,
            depth_um=depth_um,
        )
