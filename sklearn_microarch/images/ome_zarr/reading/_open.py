"""Open an OME-Zarr image and find its pyramid, whatever the version."""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.images.ome_zarr._zarr import import_zarr
from sklearn_microarch.images.ome_zarr.reading._locate import images_below
from sklearn_microarch.images.ome_zarr.reading._plane import AXES

if TYPE_CHECKING:
    import zarr

_READABLE = re.compile(r"0\.[1-5](\.\d+)?([-.+ ]?(dev|a|b|rc)\S*)?")
_WITHOUT_AXES = ("0.1", "0.2")


@dataclass(frozen=True)
class Multiscale:
    """The pyramid of one OME-Zarr image."""

    # One array per level.
    group: "zarr.Group"
    # Name, type and unit of each, in the order of the arrays' axes.
    axes: list[Mapping[str, Any]]
    # Path and transformations of each level, the finest first.
    datasets: list[Mapping[str, Any]]
    # Apply to all levels, after their own.
    transformations: list[Mapping[str, Any]]
    # All OME metadata of the group.
    ome: Mapping[str, Any]
    # Where it lies.
    path: Path

    @property
    def axis_names(self) -> list[str]:
        """Name of each axis, such as ``["c", "y", "x"]``."""
        return [str(axis["name"]) for axis in self.axes]

    def level(self, number: int) -> "zarr.Array":
        """Open a level lazily, from 0, the finest; ValueError if it is missing."""
        n_levels = len(self.datasets)
        if not 0 <= number < n_levels:
            choices = f"choose level=0 (the finest) to level={n_levels - 1}"
            raise ValueError(
                f"level={number} does not exist; "
                + ("there is level=0 alone" if n_levels == 1 else choices)
            )
        name = self.datasets[number]["path"]
        zarr = import_zarr()
        with warnings.catch_warnings():
            # Of zarr, on headers that are old or careless, and are read all the same.
            warnings.simplefilter("ignore")
            found = self.group.get(name)
        if not isinstance(found, zarr.Array):
            raise ValueError(
                f"its metadata name an array {name!r} for level={number}, which is "
                "missing"
            )
        if len(found.shape) != len(self.axes):
            raise ValueError(
                f"its level={number} has shape {found.shape}, but its metadata name "
                f"the axes {', '.join(self.axis_names)}"
            )
        return found


def open_multiscale(path: Path) -> Multiscale:
    """Open the image in a folder, which reads metadata and no pixel.

    ValueError if it is no OME-Zarr image, or of another version than 0.1 to 0.5.
    """
    if not path.is_dir():
        raise ValueError("it is a file, but an OME-Zarr image is a folder")
    zarr = import_zarr()
    store = zarr.storage.LocalStore(path, read_only=True)
    try:
        # Consolidated metadata are a copy, which can be older than the original.
        group = zarr.open_group(store, mode="r", use_consolidated=False)
    except FileNotFoundError as exc:
        within = images_below(path)
        hint = f"; images within it: {', '.join(within)}" if within else ""
        raise ValueError(
            f"it is no zarr group: it has no zarr.json or .zgroup{hint}"
        ) from exc
    except zarr.errors.ContainsArrayError as exc:
        raise ValueError(
            "it is a zarr array, not the group of an image; name the folder that holds "
            "it"
        ) from exc
    return read_multiscale(group, path)


def read_multiscale(group: "zarr.Group", path: Path) -> Multiscale:
    """Return the pyramid that a group describes; ValueError as `open_multiscale`."""
    attributes: dict[str, Any] = group.attrs.asdict()
    ome = attributes.get("ome", attributes)
    entries = ome.get("multiscales")
    if not entries:
        raise ValueError(f"it has no multiscales metadata{_images_within(group, ome)}")
    chosen = entries[0]
    version = ome.get("version", chosen.get("version"))
    _check_version(version)
    axes = chosen.get("axes")
    if not axes and version in _WITHOUT_AXES:
        axes = list(AXES)
    for key, value in (("axes", axes), ("datasets", chosen.get("datasets"))):
        if not value:
            raise ValueError(f"its multiscales metadata lack {key!r}")
    return Multiscale(
        group=group,
        axes=[_axis(axis) for axis in axes],
        datasets=chosen["datasets"],
        transformations=chosen.get("coordinateTransformations") or [],
        ome=ome,
        path=path,
    )


def _check_version(version: object) -> None:
    # Version 0.4 recommends to state itself, and is what files that do not are.
    # Programs mark their own dialects of a version: "0.5-dev-spatialdata".
    if version is not None and not (
        isinstance(version, str) and _READABLE.fullmatch(version)
    ):
        raise ValueError(
            f"it is of OME-Zarr version {version!r}; 0.1 to 0.5 can be read"
        )


def _axis(axis: object) -> Mapping[str, Any]:
    # Version 0.3 has names alone; some programs write them in capitals.
    about = {"name": axis} if isinstance(axis, str) else axis
    if not isinstance(about, Mapping):
        raise ValueError(f"its axes hold {shown(axis)}, which describes none")
    return {**about, "name": str(about["name"]).lower()}


def _images_within(group: "zarr.Group", ome: Mapping[str, Any]) -> str:
    if "plate" in ome:
        return ": it is a plate of many images; name one, such as .../A/1/0"
    names = sorted(name for name, _ in group.groups())[:8]
    return f"; perhaps an image within it is meant: {', '.join(names)}" if names else ""
