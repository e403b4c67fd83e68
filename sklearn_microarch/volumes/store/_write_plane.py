"""Write the maps of one plane into those of a volume."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._whole import replace_file
from sklearn_microarch.images.ome_zarr._levels import halve_by_choice, halve_by_mean
from sklearn_microarch.images.ome_zarr._metadata import Window, contrast_window
from sklearn_microarch.images.ome_zarr._zarr import import_zarr
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.mapping.reading._open_maps import (
    CLUSTERS,
    NOVELTY,
    REGIONS,
)
from sklearn_microarch.mapping.reading._plane_record import KEY, record_path
from sklearn_microarch.mapping.sinks._stored_kinds import (
    FACTORS,
    MOST_PROBABLE,
    StoredKind,
    as_labels,
)
from sklearn_microarch.volumes.store._volume_layout import VolumeLayout, array_path


def write_plane(
    folder: Path, layout: VolumeLayout, plane: int, maps: MicroarchMaps
) -> None:
    """Write all kinds and levels of a plane, and then the record that it is there."""
    files: dict[str, int] = {}
    windows: dict[str, list[Window]] = {}
    for kind in layout.kinds:
        values = _values_of(maps, kind)
        n_levels = len(layout.level_shapes(kind))
        for level in range(n_levels):
            if level:
                values = _halved(values, kind)
            path = _write(array_path(folder, kind, level), plane, values)
            files[path.relative_to(folder).as_posix()] = path.stat().st_size
        if not kind.is_label:
            windows[kind.group] = [contrast_window(channel) for channel in values]
    about = {"record": dict(maps.record), "windows": windows, "files": files}
    _write_record(record_path(folder, plane), about)


def _values_of(maps: MicroarchMaps, kind: StoredKind) -> NDArray:
    """Return the values (n_channels, height, width) of a kind, or labels without c."""
    if kind.kind in (FACTORS, REGIONS):
        channels = maps.factors if kind.kind == FACTORS else maps.region_probabilities
        values = np.moveaxis(np.asarray(channels), -1, 0)
    elif kind.kind == NOVELTY:
        values = np.asarray(maps.novelty)[np.newaxis]
    elif kind.kind == CLUSTERS:
        values = as_labels(np.asarray(maps.clusters))
    elif kind.kind == MOST_PROBABLE:
        values = np.asarray(maps.predicted_regions) + 1
    else:
        pixels = maps.image.pixels
        values = pixels.reshape(-1, *pixels.shape[-2:])
    return values.astype(kind.dtype, copy=False)


def _halved(values: NDArray, kind: StoredKind) -> NDArray:
    if kind.is_label:
        return halve_by_choice(values)
    return np.stack([halve_by_mean(channel) for channel in values])


def _write(path: Path, plane: int, values: NDArray) -> Path:
    """Write a plane of an array; return its file, a shard."""
    array = import_zarr().open_array(path, mode="r+")
    position = (*(0,) * (values.ndim - 2), plane, 0, 0)
    shard: Path = path / array.metadata.encode_chunk_key(position)
    # zarr would read what is there, which may be damaged.
    shard.unlink(missing_ok=True)
    array[(..., plane, slice(None), slice(None))] = values
    return shard


def _write_record(path: Path, about: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    group = {"zarr_format": 3, "node_type": "group", "attributes": {KEY: about}}
    with replace_file(path) as file:
        file.write(json.dumps(group, indent=1, allow_nan=False).encode())
