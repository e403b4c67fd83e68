"""Labels of an OME-Zarr image: chunks that are missing are background."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sklearn_microarch.annotation._region_names import Color, listed
from sklearn_microarch.annotation.labels._label_picture import (
    LabelPicture,
    check_pixel_count,
    choose_plane,
)
from sklearn_microarch.images.ome_zarr._read_ome_zarr import read_ome_zarr
from sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance import (
    read_ome_zarr_provenance,
)
from sklearn_microarch.images.ome_zarr._zarr import import_zarr
from sklearn_microarch.images.ome_zarr.reading._open import Multiscale, open_multiscale

_METADATA = ("zarr.json", ".zgroup", ".zattrs", ".zarray")
_MAX_CHUNK_BYTES = 2**29
# Keys under which programs keep a label's name, the surest first.
_NAME_KEYS = ("name", "class", "label", "label-name", "structure", "acronym")


def is_zarr(path: Path) -> bool:
    """Tell whether a folder is one of zarr, or of labels within one."""
    return path.is_dir() and any((path / name).is_file() for name in _METADATA)


def decode_zarr(
    path: Path,
    *,
    shape: tuple[int, int] | None,
    z: int | None,
    t: int | None,
    pixel_size_um: float | None,
) -> LabelPicture:
    """Return one plane of labels, of the level that has the asked shape if any."""
    import_zarr()
    folder, notes = _label_folder(path)
    multiscale = open_multiscale(folder)
    number = _level(multiscale, shape)
    array = multiscale.level(number)
    if array.dtype.kind not in "biu":
        raise ValueError(f"its pixels are of type {array.dtype}; labels are integers")
    lengths = dict(zip(multiscale.axis_names, array.shape, strict=True))
    check_pixel_count((lengths.get("y", 0), lengths.get("x", 0)), shape)
    if lengths.get("c", 1) > 1:
        raise ValueError(f"it has {lengths['c']} channels; labels have one")
    for axis, given in (("z", z), ("t", t)):
        choose_plane(axis, lengths.get(axis, 1), given)
    if math.prod(array.chunks) * array.dtype.itemsize > _MAX_CHUNK_BYTES:
        raise ValueError(f"its chunks of {array.chunks} pixels are too large to read")
    image = read_ome_zarr(
        folder,
        level=number,
        z=z,
        t=t,
        pixel_size_um=pixel_size_um,
        allow_missing_chunks=True,
    )
    values = np.asarray(image.data[...])
    values = values[0] if values.ndim == 3 and len(values) == 1 else values
    about = multiscale.ome.get("image-label") or {}
    edge = image.pixel_size_um
    if number:
        notes.append(f"level {number} of its pyramid was read.")
    return LabelPicture(
        values,
        names=_names(about),
        colors=_colors(about),
        pixel_size_um=edge,
        offset_um=None if edge is None else _offset(folder, multiscale, number, edge),
        notes=tuple(notes),
    )


def _label_folder(path: Path) -> tuple[Path, list[str]]:
    """Return the folder of the one label image, with what was chosen."""
    if _is_label(path):
        return path, []
    parent = path / "labels" if (path / "labels").is_dir() else path
    names = sorted(one.name for one in parent.iterdir() if _is_label(one))
    if len(names) == 1:
        return parent / names[0], [f"its labels {names[0]!r} were read."]
    if names:
        raise ValueError(
            f"it has {len(names)} label images, {listed(map(repr, names))}; pass the "
            f"path of one, such as {parent / names[0]}"
        )
    return path, ["it has no labels of its own: its image was taken for them."]


def _is_label(folder: Path) -> bool:
    """Tell whether a folder is a label image; those below 'labels' need not say so."""
    if not is_zarr(folder):
        return False
    try:
        ome = open_multiscale(folder).ome
    # What is none need not be sound; what is meant is opened again.
    except Exception:
        return folder.parent.name == "labels" and not (folder / "labels").is_dir()
    return "image-label" in ome or folder.parent.name == "labels"


def _level(multiscale: Multiscale, shape: tuple[int, int] | None) -> int:
    if shape is not None:
        for number in range(len(multiscale.datasets)):
            if multiscale.level(number).shape[-2:] == shape:
                return number
    return 0


def _offset(
    folder: Path, multiscale: Multiscale, number: int, edge: float
) -> tuple[float, float] | None:
    """Return where the first pixel's centre lies from that of the image, um."""
    own = _translation(multiscale, number, edge)
    if folder.parent.name != "labels" or not is_zarr(folder.parent.parent):
        return own
    try:
        picture = read_ome_zarr(
            folder.parent.parent, z=0, t=0, allow_missing_chunks=True
        )
        image_edge = picture.pixel_size_um
        image = open_multiscale(folder.parent.parent)
    # Without an image that can be read, the labels stand for themselves.
    except Exception:
        return own
    if image_edge is None:
        return own
    base = _translation(image, 0, image_edge) or (0.0, 0.0)
    if own is None or (own == base and not read_ome_zarr_provenance(image.path)):
        # Programs write the same translation for every resolution without a thought;
        # what is meant is the same picture from its top left corner.
        return ((edge - image_edge) / 2, (edge - image_edge) / 2)
    return own[0] - base[0], own[1] - base[1]


def _translation(
    multiscale: Multiscale, number: int, edge: float
) -> tuple[float, float] | None:
    """Return the translation of a level along y and x in um, None if not stated."""
    steps = multiscale.datasets[number].get("coordinateTransformations") or []
    by_type = {step["type"]: step for step in steps}
    if "translation" not in by_type or "scale" not in by_type:
        return None
    axes = multiscale.axis_names
    shift, scale = by_type["translation"]["translation"], by_type["scale"]["scale"]
    row, col = (
        float(shift[at]) * edge / float(scale[at]) for at in map(axes.index, "yx")
    )
    return (row, col) if math.isfinite(row + col) else None


def _names(about: Mapping[str, Any]) -> dict[int, str]:
    names = {}
    for entry in about.get("properties") or []:
        found = [entry[key] for key in _NAME_KEYS if isinstance(entry.get(key), str)]
        if found and found[0].strip():
            names[int(entry["label-value"])] = found[0].strip()
    return names


def _colors(about: Mapping[str, Any]) -> dict[int, Color]:
    colors = {}
    for entry in about.get("colors") or []:
        levels = entry.get("rgba") or []
        if len(levels) >= 3 and all(type(n) is int and 0 <= n <= 255 for n in levels):
            colors[int(entry["label-value"])] = (levels[0], levels[1], levels[2])
    return colors
