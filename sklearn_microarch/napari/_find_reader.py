"""Tell whether a path holds maps, and read them as layers."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import read_ome_zarr_provenance
from sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance import says_maps
from sklearn_microarch.mapping import MicroarchMaps, open_maps
from sklearn_microarch.mapping.reading._plane_record import says_volume
from sklearn_microarch.mapping.sinks._tiff_folder import RECORD_END
from sklearn_microarch.napari._labels_layer import LayerTuple
from sklearn_microarch.napari._layers_of_maps import layers_of_maps
from sklearn_microarch.napari._layers_of_volume import layers_of_volume

Paths = str | Path | Sequence[str | Path]


def find_reader(path: Paths) -> Callable[[Paths], list[LayerTuple]] | None:
    """Return what reads maps, None where a path holds none: other readers come then."""
    return read_layers if all(_is_maps(one) for one in _as_paths(path)) else None


def read_layers(path: Paths) -> list[LayerTuple]:
    """Return the layers of all slices; only those of the first are shown at first.

    A factor has one scale on all of them.
    """
    layers: list[LayerTuple] = []
    for one in _as_paths(path):
        for found in _layers_at(one):
            if layers:
                for _, settings, _ in found:
                    settings["visible"] = False
            layers += found
    _to_one_scale(layers)
    return layers


def _to_one_scale(layers: Sequence[LayerTuple]) -> None:
    """Let each factor's colours end at its highest limit among the slices."""
    each: dict[str, list[dict[str, Any]]] = {}
    for _, settings, _ in layers:
        name = settings.get("metadata", {}).get("factor")
        if name is not None:
            each.setdefault(name, []).append(settings)
    for same in each.values():
        high = max(settings["contrast_limits"][1] for settings in same)
        for settings in same:
            settings["contrast_limits"] = (0.0, high)


def _as_paths(path: Paths) -> list[Path]:
    several = [path] if isinstance(path, str | Path) else path
    return [Path(one) for one in several]


def _is_maps(path: Path) -> bool:
    if path.is_file():
        return path.name.endswith(RECORD_END)
    if any(path.glob(f"*{RECORD_END}")):
        return True
    try:
        return says_maps(read_ome_zarr_provenance(path))
    except (ImageFileError, ImportError, OSError):
        return False


def _layers_at(path: Path) -> Iterator[list[LayerTuple]]:
    """Yield the layers of each slice at a path, or those of a volume."""
    if path.is_dir() and _is_volume(path):
        yield layers_of_volume(path)
        return
    yield from map(layers_of_maps, _open_all(path))


def _is_volume(path: Path) -> bool:
    try:
        return says_volume(read_ome_zarr_provenance(path))
    except (ImageFileError, ImportError, OSError):
        return False


def _open_all(path: Path) -> list[MicroarchMaps]:
    """Open the maps of a file, an OME-Zarr image, or all slices of a TIFF folder."""
    if path.is_file():
        return [open_maps(path.parent, path.name.removesuffix(RECORD_END))]
    stems = sorted(
        file.name.removesuffix(RECORD_END) for file in path.glob(f"*{RECORD_END}")
    )
    return [open_maps(path, stem) for stem in stems] or [open_maps(path)]
