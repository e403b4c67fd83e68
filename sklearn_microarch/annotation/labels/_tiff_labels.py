"""Label images in TIFF files: indices, not the colours of a palette."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from sklearn_microarch.annotation._region_names import Color
from sklearn_microarch.annotation.labels._label_picture import (
    LabelPicture,
    check_pixel_count,
    choose_plane,
)
from sklearn_microarch.images.tiff._ome_xml import check_ome_xml
from sklearn_microarch.images.tiff._read_tiff import read_tiff

_RGB = 2


def decode_tiff(
    path: Path,
    *,
    shape: tuple[int, int] | None,
    z: int | None,
    t: int | None,
    pixel_size_um: float | None,
) -> LabelPicture:
    """Return one plane; of a pyramid the level of the asked shape, else the finest."""
    with tifffile.TiffFile(path) as tif:
        if tif.ome_metadata is not None:
            check_ome_xml(tif.ome_metadata)
        series = _series(tif, shape)
        level, number = _level(series, shape)
        axes, lengths = level.get_axes(squeeze=False), level.get_shape(squeeze=False)
        by_axis = dict(zip(axes, lengths, strict=True))
        check_pixel_count((by_axis.get("Y", 0), by_axis.get("X", 0)), shape)
        page = _page(axes, lengths, z=z, t=t)
        if level.keyframe.samplesperpixel > 4:
            raise ValueError("it has many channels; labels have one")
        colors, photometric = _palette(tif, level.keyframe), level.keyframe.photometric
        index = list(tif.series).index(series)
    image = read_tiff(
        path, series=index, level=number, page=page, pixel_size_um=pixel_size_um
    )
    data = image.pixels
    if data.ndim == 3:
        data, colors = _as_colors(data, photometric), {}
    notes = [f"level {number} of its pyramid was read."] if number else []
    return LabelPicture(
        data, colors=colors, pixel_size_um=image.pixel_size_um, notes=tuple(notes)
    )


def _series(
    tif: tifffile.TiffFile, shape: tuple[int, int] | None
) -> tifffile.TiffPageSeries:
    choices = list(tif.series)
    if not choices:
        raise ValueError("it holds no image")
    same = [one for one in choices if shape in [_size(lvl) for lvl in one.levels]]
    if len(choices) > 1 and len(same) != 1:
        listed = "; ".join(
            f"{one.name or 'unnamed'} {one.shape}" for one in choices[:8]
        )
        raise ValueError(
            f"it holds {len(choices)} images ({listed}); save the labels alone, or "
            "pass the slice they belong to as like= where one image has its shape"
        )
    return same[0] if len(choices) > 1 else choices[0]


def _size(level: tifffile.TiffPageSeries) -> tuple[int, int]:
    lengths = dict(zip(level.axes, level.shape, strict=True))
    return lengths.get("Y", 0), lengths.get("X", 0)


def _level(
    series: tifffile.TiffPageSeries, shape: tuple[int, int] | None
) -> tuple[tifffile.TiffPageSeries, int]:
    sizes = [_size(level) for level in series.levels]
    number = sizes.index(shape) if shape in sizes else 0
    return series.levels[number], number


def _page(
    axes: str, lengths: tuple[int, ...], *, z: int | None, t: int | None
) -> int | None:
    """Return the number of the plane among those of a stack, None for the only one."""
    stack = [
        (axis, length)
        for axis, length in zip(axes, lengths, strict=True)
        if axis not in "CSYX" and length > 1
    ]
    if len(stack) == 1:
        axis, length = stack[0]
        # Programs confuse depth and time: the one that is given is meant.
        in_time = (t is not None and z is None) or (axis == "T" and z is None)
        return choose_plane("t" if in_time else "z", length, t if in_time else z)
    if not stack:
        choose_plane("z", 1, z)
        choose_plane("t", 1, t)
        return None
    if sorted(axis for axis, _ in stack) not in (["T", "Z"], ["I", "T"], ["Q", "T"]):
        found = ", ".join(f"{axis}={length}" for axis, length in stack)
        raise ValueError(f"it is a stack along {found}; labels need one plane")
    at = [
        choose_plane("t", length, t) if axis == "T" else choose_plane("z", length, z)
        for axis, length in stack
    ]
    return at[0] * stack[1][1] + at[1]


def _as_colors(data: NDArray, photometric: int) -> NDArray:
    """Return channels-first samples as a colour mask; ValueError if they are none."""
    if photometric != _RGB or len(data) not in (3, 4):
        raise ValueError(
            f"it has {len(data)} channels, but labels have one, or are colours "
            "(RGB); save the channel of the labels alone"
        )
    return np.moveaxis(data, 0, -1)


def _palette(tif: tifffile.TiffFile, page: tifffile.TiffPage) -> dict[int, Color]:
    """Return the colours that a palette, or ImageJ's lookup table, gives to indices."""
    found = page.colormap
    metadata: Mapping[str, Any] = tif.imagej_metadata or {}
    tables = [np.asarray(found) >> 8] if found is not None else metadata.get("LUTs")
    # One lookup table comes without a list around it.
    table = np.asarray([] if tables is None else tables)
    table = table[0] if table.ndim == 3 and len(table) else table
    if table.ndim != 2 or len(table) != 3 or (table == table[:1]).all():
        return {}
    return {
        index: (int(red), int(green), int(blue))
        for index, (red, green, blue) in enumerate(table.T)
    }
