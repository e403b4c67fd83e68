"""Read one plane of a NIfTI volume as a slice."""

import math
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sklearn_microarch.images._image_errors import as_image_file_error
from sklearn_microarch.images._pixel_size import square_edge
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images._wanted import Wanted, pick_channels, take_channels
from sklearn_microarch.images.nifti._nibabel import import_nibabel

# What deflate can inflate a byte to, at most.
_MOST_INFLATED = 1100
_UM_PER_UNIT = {"meter": 1e6, "mm": 1e3, "micron": 1.0}


def open_nifti(path: Path, wanted: Wanted, *, max_bytes: int) -> SliceImage:
    """Read the plane ``z`` (and ``t``): rows are y and columns x, as stored.

    Volumes are stored x first; nothing is turned to another orientation of the animal.
    """
    with as_image_file_error(str(path)):
        nibabel = import_nibabel()
        wanted.refuse(("series", "level"), "a NIfTI volume")
        volume = nibabel.load(path)
        if not isinstance(volume, nibabel.Nifti1Image | nibabel.Nifti1Pair):
            raise ValueError(f"it is a {type(volume).__name__}, not a NIfTI volume")
        header = volume.header
        shape = tuple(int(n) for n in volume.shape)
        _check_size(path, shape, header, max_bytes)
        index, notes = _index(shape, wanted)
        plane = np.asarray(volume.dataobj[index])
        if plane.dtype.kind not in "buif":
            raise ValueError(
                f"its values are {plane.dtype}; a slice needs real numbers"
            )
        if plane.dtype.kind == "f" and plane.dtype.itemsize > 8:
            plane = plane.astype(np.float64)
        edge = wanted.stated_size(partial(_edge, header, where=str(path)))
        chosen = pick_channels(wanted.channels, 1)
        return wanted.image(
            take_channels(np.ascontiguousarray(plane.T), chosen),
            path,
            edge=edge,
            notes=notes,
        )


def _check_size(path: Path, shape: tuple[int, ...], header: Any, most: int) -> None:  # noqa: ANN401
    if len(shape) < 2 or any(n < 1 for n in shape):
        raise ValueError(f"its header declares the shape {shape}; it is damaged")
    n_bytes = math.prod(shape) * header.get_data_dtype().itemsize
    if n_bytes > most:
        raise ValueError(
            f"it declares {n_bytes} bytes of voxels, more than the {most} that are "
            "read; save the plane that is needed on its own"
        )
    stored = path.with_suffix(".img")
    file = stored if path.suffix == ".hdr" and stored.is_file() else path
    size = file.stat().st_size
    is_packed = file.suffix in (".gz", ".bz2", ".zst")
    if n_bytes > size * (_MOST_INFLATED if is_packed else 1):
        raise ValueError(
            f"it declares {n_bytes} bytes of voxels and has {size}; it is truncated or "
            "damaged"
        )


def _index(
    shape: tuple[int, ...], wanted: Wanted
) -> tuple[tuple[int | slice, ...], list[str]]:
    """Return which part of the volume is the plane, and what was chosen."""
    lengths = list(shape[2:]) + [1] * (2 - len(shape[2:]))
    if any(n > 1 for n in lengths[2:]):
        raise ValueError(
            f"its shape is {shape}; a plane needs x, y and at most z and t"
        )
    z, t, along = wanted.z, wanted.t, "z"
    if wanted.page is not None:
        if z is not None:
            raise ValueError("page and z are both given; one is enough")
        z, along = wanted.page, "page"
    places = []
    for axis, length, given in ((along, lengths[0], z), ("t", lengths[1], t)):
        choices = f"{axis}=0 to {axis}={length - 1}" if length > 1 else f"{axis}=0"
        if given is None and length > 1:
            raise ValueError(
                f"it is a volume with {length} planes along {axis}, of shape {shape}; "
                f"choose one with {choices}"
            )
        if not 0 <= (given or 0) < length:
            raise ValueError(
                f"{axis}={given} does not exist; the choices are {choices}"
            )
        places.append(given or 0)
    index: tuple[int | slice, ...] = (slice(None), slice(None), *places)
    index += (0,) * len(lengths[2:])
    chosen = [
        f"{a}={p}" for a, p, n in zip("zt", places, lengths, strict=False) if n > 1
    ]
    note = ["rows are y and columns x, as the volume is stored"]
    return index[: len(shape)], note + (
        [f"plane {', '.join(chosen)}"] if chosen else []
    )


def _edge(header: Any, *, where: str) -> float | None:  # noqa: ANN401
    """Return the voxel size in micrometres, where the header states a unit."""
    try:
        unit = header.get_xyzt_units()[0]
    except (KeyError, ValueError):
        return None
    scale = _UM_PER_UNIT.get(unit)
    width, height = (float(n) for n in header.get_zooms()[:2])
    if scale is None:
        return None
    if not (width > 0 and height > 0):
        raise ValueError(
            f"its voxels are {width:g} x {height:g} {unit}; pass pixel_size_um"
        )
    return square_edge((width * scale, height * scale), where=where)
