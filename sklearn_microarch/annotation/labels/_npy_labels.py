"""Labels saved as NumPy arrays, as napari does, or given as arrays."""

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation.labels._label_picture import (
    LabelPicture,
    check_pixel_count,
    choose_plane,
)

_LONGEST_HEADER = 10_000


def decode_npy(
    path: Path, *, shape: tuple[int, int] | None, z: int | None, t: int | None
) -> LabelPicture:
    """Return one plane of an array file, of which nothing is executed."""
    _check_header(path)
    stored = np.load(
        path, mmap_mode="r", allow_pickle=False, max_header_size=_LONGEST_HEADER
    )
    return picture_of_array(stored, shape=shape, z=z, t=t)


def _check_header(path: Path) -> None:
    """Raise ValueError for a header that is none, or claims more than the file has."""
    fmt = np.lib.format
    with path.open("rb") as file:
        version = fmt.read_magic(file)
        if version not in ((1, 0), (2, 0), (3, 0)):
            raise ValueError(f"it is of the unknown version {version}")
        read = (
            fmt.read_array_header_1_0 if version[0] == 1 else fmt.read_array_header_2_0
        )
        lengths, _, dtype = read(file, max_header_size=_LONGEST_HEADER)
        left = path.stat().st_size - file.tell()
    if dtype.kind not in "buif":
        raise ValueError(f"its values are of type {dtype}; labels are whole numbers")
    if math.prod(lengths) * dtype.itemsize > left:
        raise ValueError(
            f"it declares the shape {lengths} of {dtype}, but holds {left} bytes; the "
            "file is truncated or damaged"
        )


def picture_of_array(
    values: NDArray, *, shape: tuple[int, int] | None, z: int | None, t: int | None
) -> LabelPicture:
    """Return one plane of an array of (height, width), a stack of it, or colours."""
    if values.ndim > 2 and values.shape[-1] == 1:
        # Programs that have channels last keep the axis of the only one.
        values = values[..., 0]
    if values.ndim == 3 and values.shape[-1] in (3, 4):
        check_pixel_count(values.shape[:2], shape)
        return LabelPicture(np.array(values))
    if values.ndim == 2 and values.shape[1] <= 4 and values.shape[0] > 8:
        raise ValueError(
            f"its shape is {values.shape}: it is a list of points, not an image of "
            "labels; export the labels layer, or draw the region as a polygon"
        )
    while values.ndim > 2 and 1 in values.shape[:-2]:
        values = np.squeeze(values, axis=values.shape.index(1))
    if values.ndim not in (2, 3, 4):
        raise ValueError(
            f"its shape is {values.shape}; labels are (height, width), or stacks of it"
        )
    check_pixel_count(values.shape[-2:], shape)
    if values.ndim == 4:
        values = values[choose_plane("t", values.shape[0], t)]
        t = None
    if values.ndim == 3 and z is None and t is not None:
        return LabelPicture(np.array(values[choose_plane("t", len(values), t)]))
    if values.ndim == 3:
        return LabelPicture(np.array(values[choose_plane("z", len(values), z)]))
    choose_plane("z", 1, z)
    choose_plane("t", 1, t)
    return LabelPicture(np.asarray(values))
