"""Planes of an OME-Zarr image."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sklearn_microarch.images import SliceImage, read_image
from sklearn_microarch.images._image_errors import as_image_file_error
from sklearn_microarch.images._pixel_size import square_edge
from sklearn_microarch.images.ome_zarr.reading._locate import locate_image
from sklearn_microarch.images.ome_zarr.reading._open import Multiscale, open_multiscale
from sklearn_microarch.images.ome_zarr.reading._pixel_size import axis_step
from sklearn_microarch.images.ome_zarr.reading._plane import ZarrPlane

_ORDER = ("c", "z", "y", "x")


class OmeZarrPlanes:
    """Planes along one axis of a level of an image; ``options`` of `read_image`."""

    is_loaded = False

    def __init__(self, path: Path | str, axis: str, options: Mapping[str, Any]) -> None:
        self._path, self._axis, self._options = path, axis, dict(options)
        with as_image_file_error(str(path)):
            self._multiscale, self._level = self._open()
            names, shape = self._names(), self._multiscale.level(self._level).shape
            lengths = dict(zip(names, shape, strict=True))
            self._check_axes(names, lengths)
            self.n_planes: int = int(lengths[axis])
            self.distance_um = axis_step(self._multiscale, self._level, axis)

    def __getstate__(self) -> dict[str, Any]:
        # A group of zarr is opened again where it is needed.
        return {k: v for k, v in self.__dict__.items() if k != "_multiscale"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["_path"], state["_axis"], state["_options"])  # type: ignore[misc]

    def plane(self, at: int) -> SliceImage:
        """Return a plane, not loaded."""
        if self._axis == "z":
            return read_image(Path(self._path), z=at, **self._options)
        names = self._names()
        if self._options.get("channels") is not None or "c" in names:
            raise ValueError(
                f"axis={self._axis!r} is for volumes of one channel; this one has "
                f"the axes {', '.join(names)}. Map it along z."
            )
        array = self._multiscale.level(self._level)
        index = tuple(at if name == self._axis else slice(None) for name in names)
        across = [name for name in names if name != self._axis]
        height, width = (
            axis_step(self._multiscale, self._level, name) for name in across
        )
        edge = self._options.get("pixel_size_um")
        if edge is None:
            edge = square_edge((width, height), where=str(self._path))
        data: Any = ZarrPlane(array, index)
        return SliceImage(data, pixel_size_um=edge)

    def describe(self) -> str:
        """Return the path of the image."""
        return str(self._path)

    def _open(self) -> tuple[Multiscale, int]:
        """Return the pyramid, and which of its levels is meant."""
        where, level = Path(self._path), self._options.get("level", 0)
        image, number, _ = locate_image(where, None, level)
        return open_multiscale(image), int(number or 0)

    def _names(self) -> list[str]:
        return self._multiscale.axis_names

    def _check_axes(self, names: list[str], lengths: Mapping[str, int]) -> None:
        listed = ", ".join(f"{name}={lengths[name]}" for name in names)
        if "z" not in names:
            raise ValueError(
                f"its axes are {listed}; a volume has z. Map a single slice with "
                "map_slice"
            )
        if lengths.get("t", 1) > 1:
            raise ValueError(f"its axes are {listed}; a volume is of one time")
        known = [name for name in _ORDER if name in names]
        if known != [name for name in names if name != "t"]:
            raise ValueError(
                f"its axes are {listed}; they must come in the order "
                f"{', '.join(_ORDER)}, as the format has them"
            )
