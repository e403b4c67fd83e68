"""Label volumes in NIfTI files, as ITK-SNAP writes them: stored [x, y, z, t]."""

import gzip
import math
from pathlib import Path
from typing import Any

import numpy as np

from sklearn_microarch.annotation._optional import optional
from sklearn_microarch.annotation.labels._label_picture import (
    MAX_INFLATION,
    LabelPicture,
    check_pixel_count,
    choose_plane,
)
from sklearn_microarch.images._pixel_size import square_edge

_UM_PER_UNIT = {"meter": 1e6, "mm": 1e3, "micron": 1.0}
# A plane lies behind all that is stored before it.
_MAX_BYTES = 4 * 1024**3
_MAX_CHECKED = 256 * 1024**2
# What ITK-SNAP writes for pictures without a pixel size.
_PLACEHOLDER_UM = 1000.0


def decode_nifti(
    path: Path,
    *,
    shape: tuple[int, int] | None,
    z: int | None,
    t: int | None,
    pixel_size_um: float | None,
) -> LabelPicture:
    """Return one plane with rows along y, as stored; pixel size if a unit is stated."""
    nibabel = optional("nibabel", "Reading NIfTI files")
    image = nibabel.load(path)
    if not isinstance(image, nibabel.Nifti1Pair):
        raise ValueError(f"it is a file of {type(image).__name__}, not NIfTI")
    _check_size(path, image)
    lengths = (*image.shape, 1, 1)
    if len(image.shape) < 2 or math.prod(image.shape[4:]) != 1:
        raise ValueError(
            f"its shape is {image.shape}; labels have two or three axes, or time as a "
            "fourth"
        )
    dtype = image.get_data_dtype()
    if dtype.kind not in "iuf":
        raise ValueError(f"its values are of type {dtype}; labels are whole numbers")
    if math.prod(image.shape[3:]) > 1 and dtype.kind == "f":
        raise ValueError(
            f"it has four axes {image.shape} of {dtype}: these are probabilities or a "
            "series of pictures, not labels. Export the segmentation itself"
        )
    check_pixel_count((lengths[1], lengths[0]), shape)
    at = [choose_plane("z", lengths[2], z), choose_plane("t", lengths[3], t)]
    # Axes beyond the second, as many as there are.
    at += [0] * (len(image.shape) - 4)
    index = (slice(None), slice(None), *at[: len(image.shape) - 2])
    plane = np.asarray(image.dataobj[index])
    if is_gzip(path):
        _check_sum(path)
    if plane.dtype.kind == "f" and dtype.kind == "f":
        plane = plane.astype(dtype, copy=False)
    edge, notes = pixel_size_um, list[str]()
    if edge is None:
        edge, notes = _edge(image, path)
    codes = "".join(str(axis or "?") for axis in nibabel.aff2axcodes(image.affine))
    notes.append(
        f"rows run along the stored y and columns along x; by its affine the axes x, "
        f"y, z point to {codes}. Nothing was turned or mirrored."
    )
    return LabelPicture(plane.T, pixel_size_um=edge, notes=tuple(notes))


def _check_size(path: Path, image: Any) -> None:  # noqa: ANN401 - of nibabel
    """Raise ValueError for more bytes than the file can hold."""
    n_bytes = math.prod(image.shape) * image.get_data_dtype().itemsize
    files = {str(holder.filename) for holder in image.file_map.values()}
    size = sum(Path(name).stat().st_size for name in files if Path(name).exists())
    packed = any(name.endswith((".gz", ".bz2")) for name in files) or is_gzip(path)
    if n_bytes > size * (MAX_INFLATION if packed else 1) or min(image.shape) < 1:
        raise ValueError(
            f"it declares the shape {image.shape}, which cannot be in its {size} "
            "bytes; the file is truncated or damaged"
        )
    if packed and n_bytes > _MAX_BYTES:
        raise ValueError(
            f"it unpacks to {n_bytes} bytes, more than the {_MAX_BYTES} that are read; "
            "save the wanted plane alone, or the volume as .nii"
        )


def _edge(image: Any, path: Path) -> tuple[float | None, list[str]]:  # noqa: ANN401
    unit = image.header.get_xyzt_units()[0]
    # Stored as numbers of 32 bits, of which seven digits are meant.
    width, height = (float(f"{zoom:.7g}") for zoom in image.header.get_zooms()[:2])
    scale = _UM_PER_UNIT.get(unit)
    if scale is None:
        return None, ["it states no unit of length, so its pixel size is unknown."]
    edges = [edge * scale for edge in (width, height)]
    if not all(math.isfinite(edge) and edge > 0 for edge in edges):
        return None, ["its voxel size is no size, so its pixel size is unknown."]
    if all(edge == _PLACEHOLDER_UM for edge in edges):
        return None, [
            "its voxels of 1 mm are what ITK-SNAP writes for pictures without a pixel "
            "size, so that it counts as unknown; pass pixel_size_um=1000 if it is one."
        ]
    return square_edge((edges[0], edges[1]), where=str(path)), []


def _check_sum(path: Path) -> None:
    """Read a packed file to its end, where its check sum is, unless it is large."""
    left = _MAX_CHECKED
    with gzip.open(path) as file:
        while left > 0 and (n_read := len(file.read(2**20))):
            left -= n_read


def is_gzip(path: Path) -> bool:
    """Tell whether a file is packed with gzip."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def holds_nifti(path: Path) -> bool:
    """Tell whether a file, also a packed one, has the header of NIfTI."""
    try:
        with gzip.open(path) if is_gzip(path) else path.open("rb") as file:
            header = file.read(544)
    except (OSError, EOFError, ValueError):
        return False
    return header[344:348] in (b"n+1\0", b"ni1\0") or header[4:8] in (
        b"n+2\0",
        b"ni2\0",
    )
