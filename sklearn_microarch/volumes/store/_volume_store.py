"""Make the OME-Zarr image of a volume, and describe it when its planes are there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sklearn_microarch.images.ome_zarr._metadata import (
    Window,
    group_attributes,
    image_label,
    multiscales,
    omero,
)
from sklearn_microarch.images.ome_zarr._zarr import import_zarr
from sklearn_microarch.mapping.reading._open_maps import SLICE
from sklearn_microarch.mapping.reading._plane_record import (
    KEY,
    PLANES,
    read_plane_record,
    record_path,
)
from sklearn_microarch.mapping.sinks._stored_kinds import StoredKind
from sklearn_microarch.volumes.store._volume_layout import VolumeLayout

VERSION = "0.5"
_UNKNOWN: Window = (0.0, 1.0, 0.0, 1.0)


def make_volume(folder: Path, layout: VolumeLayout, record: Mapping[str, Any]) -> None:
    """Make all groups and arrays, with nothing in them, and the metadata."""
    zarr = import_zarr()
    root = zarr.create_group(folder, zarr_format=3)
    root.create_group(PLANES)
    for kind, level, shape, chunk, shard in layout.arrays():
        group = root if not kind.group else root.require_group(kind.group)
        axes = ("z", "y", "x") if kind.is_label else ("c", "z", "y", "x")
        group.create_array(
            str(level),
            shape=shape,
            dtype=kind.dtype,
            chunks=chunk,
            shards=shard,
            fill_value=np.nan if kind.dtype.kind == "f" else 0,
            compressors=zarr.codecs.ZstdCodec(level=3, checksum=True),
            config={"write_empty_chunks": True},
            dimension_names=axes,
        )
    describe_volume(folder, layout, record)


def describe_volume(
    folder: Path, layout: VolumeLayout, record: Mapping[str, Any]
) -> None:
    """Write the metadata, with contrast windows of the planes that are there."""
    root = import_zarr().open_group(folder, mode="r+", use_consolidated=False)
    found = [read_plane_record(folder, plane) for plane in range(layout.n_planes)]
    windows = [one["windows"] for one in found if one is not None]
    labels = [
        kind.group.removeprefix("labels/") for kind in layout.kinds if kind.is_label
    ]
    if labels:
        attributes = group_attributes({"labels": labels}, VERSION)
        root.require_group("labels").update_attributes(attributes)
    # The metadata of the whole come last.
    for kind in reversed(layout.kinds):
        described = _describe(
            kind, layout, [one.get(kind.group, []) for one in windows]
        )
        attributes = group_attributes(described, VERSION)
        if not kind.group:
            attributes[KEY] = dict(record)
        group = root if not kind.group else root[kind.group]
        group.update_attributes(attributes)


def _describe(
    kind: StoredKind, layout: VolumeLayout, windows: Sequence[Sequence[Window]]
) -> dict[str, Any]:
    """Return the OME metadata of one image, ready for JSON."""
    is_slice = kind.kind == SLICE
    distance = 1.0 if layout.spacing_um is None else layout.spacing_um
    pyramid = multiscales(
        "zyx" if kind.is_label else "czyx",
        len(layout.level_shapes(kind)),
        pixel_size_um=layout.pixel_size_um,
        cell_size=1.0 if is_slice else layout.cell_size,
        offset=(0.0, 0.0) if is_slice else layout.offset,
        plane_distance=distance,
        name=kind.group.removeprefix("labels/") or layout.name,
        averaged=not kind.is_label,
        version=VERSION,
    )
    if kind.is_label:
        about = image_label(kind.properties, None, VERSION)
        return {"multiscales": pyramid, "image-label": about}
    shown = [
        _together([one[channel] for one in windows])
        if kind.window is None
        else (*kind.window, *kind.window)
        for channel in range(len(kind.channels))
    ]
    return {"multiscales": pyramid, "omero": omero(kind.channels, shown)}


def _together(windows: Sequence[Window]) -> Window:
    """Return one window for a channel of all planes; planes of nothing count for none.

    The end shown is the median, so that one bright plane does not darken the others.
    """
    known = [one for one in windows if tuple(one) != _UNKNOWN]
    if not known:
        return _UNKNOWN
    low, high = min(one[0] for one in known), max(one[1] for one in known)
    return low, high, low, float(np.median([one[3] for one in known]))


def is_there(folder: Path, plane: int) -> bool:
    """Tell whether a plane is mapped, and all of its files have their size."""
    record = read_plane_record(folder, plane)
    if record is None:
        return False
    files = record.get("files")
    if not isinstance(files, dict) or not files:
        return False
    try:
        return all((folder / k).stat().st_size == size for k, size in files.items())
    except OSError:
        return False


def forget_plane(folder: Path, plane: int) -> None:
    """Take away the record of a plane that is to be mapped anew."""
    record_path(folder, plane).unlink(missing_ok=True)


def remove_partial_files(folder: Path) -> None:
    """Remove what killed workers left of files that they were writing."""
    for path in folder.rglob("*.partial"):
        path.unlink(missing_ok=True)
    for path in (folder / PLANES).rglob(".*.part"):
        path.unlink(missing_ok=True)
