"""What every source of planes can do."""

from typing import Protocol

from sklearn_microarch.images import SliceImage


class PlaneSource(Protocol):
    """Planes along one axis, each a picture; small to pickle unless ``is_loaded``."""

    @property
    def n_planes(self) -> int:
        """How many there are."""

    @property
    def distance_um(self) -> float | None:
        """Distance of two planes, where it is stated."""

    @property
    def is_loaded(self) -> bool:
        """Whether the pixels are in this process, and cannot be read in another."""

    def plane(self, at: int) -> SliceImage:
        """Return a plane, with its pixel size where that is stated."""

    def describe(self) -> str:
        """Return what to call the source."""
