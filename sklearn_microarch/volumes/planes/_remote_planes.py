"""Planes of a volume that lies at an address, such as "s3://bucket/brain.ome.zarr"."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._pixel_size import square_edge
from sklearn_microarch.images._wanted import pick_channels
from sklearn_microarch.images.ome_zarr._zarr import import_zarr
from sklearn_microarch.images.ome_zarr.reading._open import Multiscale, read_multiscale
from sklearn_microarch.images.ome_zarr.reading._open_ome_zarr import names_of_channels
from sklearn_microarch.images.ome_zarr.reading._pixel_size import axis_step
from sklearn_microarch.volumes.planes._array_planes import ArrayPlanes
from sklearn_microarch.volumes.planes._ome_zarr_planes import OmeZarrPlanes
from sklearn_microarch.volumes.planes._plane_source import PlaneSource


def is_address(volume: object) -> TypeGuard[str]:
    """Tell whether a volume is named by an address, not by a path."""
    return isinstance(volume, str) and "://" in volume


def planes_at_address(
    address: str, axis: str, options: Mapping[str, Any]
) -> PlaneSource:
    """Return the planes of an OME-Zarr image, or of a zarr array, at an address.

    ImageFileError where there is none; ImportError where a package is missing.
    """
    found = _open(address)
    if isinstance(found, import_zarr().Group):
        return _RemotePlanes(address, axis, options)
    if options.get("channels") is not None or options.get("level"):
        raise ValueError(
            f"{address} is a zarr array, which has neither channels nor levels; name "
            "the OME-Zarr image that holds it."
        )
    return ArrayPlanes(found, axis)


class _RemotePlanes(OmeZarrPlanes):
    """Planes of an image at an address; each is loaded as a whole."""

    def plane(self, at: int) -> SliceImage:
        """Return a plane, loaded."""
        names, array = self._names(), self._multiscale.level(self._level)
        across = [name for name in names if name not in ("t", "c", self._axis)]
        edge = self._options.get("pixel_size_um")
        if edge is None:
            height, width = (
                axis_step(self._multiscale, self._level, name) for name in across
            )
            edge = square_edge((width, height), where=str(self._path))
        index: dict[str, Any] = {"t": 0, self._axis: at}
        if "c" in names:
            n_channels = array.shape[names.index("c")]
            known = names_of_channels(self._multiscale)
            chosen = pick_channels(self._options.get("channels"), n_channels, known)
            # One channel is a picture without that axis.
            alone = 0 if n_channels == 1 else slice(None)
            index["c"] = alone if chosen is None else chosen
        where = tuple(index.get(name, slice(None)) for name in names)
        try:
            pixels = np.asarray(array.oindex[where])
        # Servers fail in types of their own.
        except Exception as error:
            raise ImageFileError(
                f"{self._path}: plane {at} cannot be read: "
                f"{type(error).__name__}: {error}."
            ) from error
        pixels = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
        return SliceImage(np.ascontiguousarray(pixels), pixel_size_um=edge)

    def _open(self) -> tuple[Multiscale, int]:
        level = int(self._options.get("level") or 0)
        group = _open(str(self._path))
        return read_multiscale(group, Path(str(self._path))), level


def _open(address: str) -> Any:  # noqa: ANN401 - a group or an array of zarr
    zarr = import_zarr()
    try:
        # zarr takes it, and says less where it is missing.
        import_module("fsspec")
        store = zarr.storage.FsspecStore.from_url(address, read_only=True)
        return zarr.open(store, mode="r")
    except ImportError as error:
        raise ImportError(
            f"{address} needs a package that is missing: {error}. Install fsspec, and "
            "what it needs for this kind of address, such as s3fs for s3://: "
            "pip install fsspec s3fs"
        ) from error
    # Protocols fail in types of their own, and a wrong password in others.
    except Exception as error:
        raise ImageFileError(
            f"{address}: no OME-Zarr image or zarr array can be opened there "
            f"({type(error).__name__}: {error}). Pictures and TIFF stacks are read "
            "from folders only."
        ) from error
