"""One phantom specimen: its seed, its frame and its anatomy in micrometres."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom._noise import smooth_noise, smooth_noise_at
from sklearn_microarch.datasets.phantom.anatomy._anatomy import Anatomy, Location
from sklearn_microarch.datasets.phantom.anatomy._composition import Composition
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
    composition: Composition = field(default_factory=Composition)

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

    def borders(self, z_um: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return how far borders between regions are shifted along x and along y.

        Both (height, width), in slab heights: neighbours interlock.
        """
        return self._ragged(lambda name, *size: self.smooth_field(z_um, name, *size))

    def kind_um(
        self, x_um: NDArray, y_um: NDArray, z_um: NDArray
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Look up region and layer at points in space, each array (n_points,).

        With borders as sections show them, where those of `locate_um` are smooth.
        """
        pixel = self.pixel_size_um
        place = np.stack([y_um / pixel - 0.5, x_um / pixel - 0.5, z_um])
        ragged = self._ragged(
            lambda name, sigma_um, depth_um: smooth_noise_at(
                place,
                self.seed,
                name,
                self.shape,
                sigma_px=sigma_um / pixel,
                depth_um=depth_um,
            )
        )
        x, y = x_um * (ASPECT / self.width_um), y_um / self.height_um
        location = self.anatomy.locate(x, y, z_um, ragged)
        return location.code, self.cortex.locate(location, z_um).layer

    def _ragged(
        self, field_of: Callable[[str, float, float], NDArray[np.float32]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        small = self.shrinkage
        ragged_x, ragged_y = (
            small
            * (
                13 * field_of(f"{axis} wide", small * 35, 90)
                + 4 * field_of(f"{axis} fine", small * 10, 40)
            )
            / self.height_um
            for axis in ("x", "y")
        )
        return ragged_x, ragged_y

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
