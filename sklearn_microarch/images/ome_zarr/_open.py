"""Open an OME-Zarr image and find its pyramid, whatever the version."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn_microarch.images.ome_zarr._metadata import VERSIONS
from sklearn_microarch.images.ome_zarr._zarr import import_zarr

if TYPE_CHECKING:
    import zarr


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

    @property
    def axis_names(self) -> list[str]:
        """Name of each axis, such as ``["c", "y", "x"]``."""
        return [str(axis["name"]) for axis in self.axes]

    def level(self, number: int) -> "zarr.Array":
        """Open a level lazily, from 0, the finest; ValueError if it is missing."""
        n_levels = len(self.datasets)
        if not 0 <= number < n_levels:
            raise ValueError(
                f"level={number} does not exist; the choices are level=0 (the finest) "
                f"to level={n_levels - 1}"
            )
        name = self.datasets[number]["path"]
        zarr = import_zarr()
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

    ValueError if it is no OME-Zarr image, or of another version than 0.4 and 0.5.
    """
    if not path.is_dir():
        raise ValueError("it is a file, but an OME-Zarr image is a folder")
    zarr = import_zarr()
    store = zarr.storage.LocalStore(path, read_only=True)
    try:
        # Consolidated metadata are a copy, which can be older than the original.
        group = zarr.open_group(store, mode="r", use_consolidated=False)
    except FileNotFoundError as exc:
        raise ValueError("it is no zarr group: it has no zarr.json or .zgroup") from exc
    attributes = group.attrs.asdict()
    ome = attributes.get("ome", attributes)
    entries = ome.get("multiscales")
    if not entries:
        raise ValueError(f"it has no multiscales metadata{_images_within(group, ome)}")
    chosen = entries[0]
    _check_version(ome.get("version", chosen.get("version")))
    for key in ("axes", "datasets"):
        if not chosen.get(key):
            raise ValueError(f"its multiscales metadata lack {key!r}")
    return Multiscale(
        group=group,
        axes=chosen["axes"],
        datasets=chosen["datasets"],
        transformations=chosen.get("coordinateTransformations") or [],
        ome=ome,
    )


def _check_version(version: object) -> None:
    # Version 0.4 recommends to state itself, and is what files that do not are.
    if version is not None and version not in VERSIONS:
        raise ValueError(
            f"it is of OME-Zarr version {version!r}; {' and '.join(VERSIONS)} can be "
            "read"
        )


def _images_within(group: "zarr.Group", ome: Mapping[str, Any]) -> str:
    if "plate" in ome:
        return ": it is a plate of many images; name one, such as .../A/1/0"
    names = sorted(name for name, _ in group.groups())[:8]
    return f"; perhaps an image within it is meant: {', '.join(names)}" if names else ""
