"""Open the picture of a TIFF that is asked for: series, level, plane and channels."""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from sklearn_microarch.images._image_errors import as_image_file_error
from sklearn_microarch.images._orientation import (
    check_orientation,
    orientation_note,
    turned,
)
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images._wanted import (
    Wanted,
    downsample_of,
    pick_channels,
    take_channels,
)
from sklearn_microarch.images.tiff._colour_samples import (
    alpha_note,
    channel_names,
    n_alpha_samples,
    samples_to_keep,
)
from sklearn_microarch.images.tiff._ome_xml import check_ome_xml
from sklearn_microarch.images.tiff._pixel_size import read_pixel_size
from sklearn_microarch.images.tiff._planes import PlaneSelection, select_planes
from sklearn_microarch.images.tiff._pyramid_levels import pyramid_levels
from sklearn_microarch.images.tiff._segments import read_page
from sklearn_microarch.images.tiff._tiff_plane import TiffPlane, is_plane_by_plane

_BESIDE_THE_SLIDE = re.compile(r"\b(label|macro|thumbnail|overview|map)\b", re.I)


def open_tiff(
    path: Path, wanted: Wanted, *, max_bytes: int, lazy_from: int | None
) -> SliceImage:
    """Read a slice; one of more bytes than ``lazy_from`` stays in its file.

    None: none stays there. ImageFileError names the file and, where it can, the page.
    """
    with as_image_file_error(str(path)), tifffile.TiffFile(path) as tif:
        if tif.ome_metadata is not None:
            check_ome_xml(tif.ome_metadata)
        series, notes = select_series(tif, wanted.series)
        keyframe = series.keyframe
        orientation = check_orientation(keyframe.tags.valueof("Orientation"))
        level, downsample, edge, more = _select_level(tif, series, wanted, path)
        selection = select_planes(
            level.get_axes(squeeze=False),
            level.get_shape(squeeze=False),
            level.keyframe.size,
            wanted.page,
            z=wanted.z,
            t=wanted.t,
        )
        n_bytes = _check_size(level, selection)
        is_lazy = (
            lazy_from is not None
            and n_bytes > lazy_from
            and not level.is_truncated
            and is_plane_by_plane(level.keyframe, selection.page_shape)
        )
        if not is_lazy and n_bytes > max_bytes:
            raise ValueError(
                f"it declares {n_bytes} bytes of pixels, more than "
                f"max_bytes={max_bytes}; pass a larger max_bytes if the file is genuine"
            )
        names = channel_names(tif, series)
        found = _Found(level, selection, orientation, names)
        data: TiffPlane | NDArray
        if is_lazy:
            again = (_open_pixels, (path, wanted, lazy_from))
            data, alpha = _lazy(found, wanted, path, again)
        else:
            data, alpha = _eager(found, wanted, path)
        return wanted.image(
            data,
            path,
            edge=edge,
            downsample=downsample,
            notes=[*notes, *more, *orientation_note(orientation), *alpha],
        )


def _open_pixels(path: Path, wanted: Wanted, lazy_from: int) -> Any:  # noqa: ANN401
    """Open the same picture again, when its pickle is loaded."""
    return open_tiff(path, wanted, max_bytes=0, lazy_from=lazy_from).data


def select_series(
    tif: tifffile.TiffFile, number: int | None
) -> tuple[tifffile.TiffPageSeries, list[str]]:
    """Return a series of a file, the slide's where there are others beside it."""
    choices = tif.series
    if not choices:
        raise ValueError("it holds no image")
    if number is None and len(choices) == 1:
        return choices[0], []
    if number is None:
        slides = [
            at for at, s in enumerate(choices) if not _BESIDE_THE_SLIDE.search(s.name)
        ]
        if len(slides) == 1:
            at = slides[0]
            return choices[at], [f"series {at} of {len(choices)}, {choices[at].name!r}"]
    if number is None or not 0 <= number < len(choices):
        listed = "; ".join(
            f"series={i}: {s.name or 'unnamed'} {s.axes} {s.shape}"
            for i, s in enumerate(choices[:8])
        )
        asked = "" if number is None else f"series={number} does not exist; "
        raise ValueError(f"{asked}it holds {len(choices)} images, choose one: {listed}")
    return choices[number], []


def _select_level(
    tif: tifffile.TiffFile, series: tifffile.TiffPageSeries, wanted: Wanted, path: Path
) -> tuple[tifffile.TiffPageSeries, float, float | None, list[str]]:
    """Return the level, its downsampling and pixel size, and what was chosen."""
    levels = pyramid_levels(tif, series)
    sizes = [_height_and_width(level) for level in levels]
    full = sizes[0]
    where = str(path) if wanted.page is None else f"{path}, page {wanted.page}"
    edge = wanted.stated_size(partial(read_pixel_size, tif, series, where=where))
    number = wanted.pick_level(sizes, edge)
    downsample = downsample_of(full, sizes[number])
    several = len(levels) > 1 or wanted.level == "auto"
    notes = [f"level {number} of {len(levels)}"] if several else []
    return levels[number], downsample, edge and edge * downsample, notes


def _height_and_width(series: tifffile.TiffPageSeries) -> tuple[int, int]:
    axes, shape = series.get_axes(squeeze=False), series.get_shape(squeeze=False)
    if "Y" not in axes or "X" not in axes:
        return 1, 1
    size = int(shape[axes.index("Y")]), int(shape[axes.index("X")])
    if not all(size):
        raise ValueError(
            f"its header declares a height of {size[0]} and a width of {size[1]}; the "
            "file is damaged"
        )
    return size


def _check_size(series: tifffile.TiffPageSeries, selection: PlaneSelection) -> int:
    """Return how many bytes the pages declare; ValueError where they are no numbers."""
    keyframe = series.keyframe
    if keyframe.dtype is None or keyframe.dtype.kind not in "buif":
        raise ValueError(
            f"its pixels are {keyframe.dtype or 'of an unknown type'}; a slice needs "
            "real numbers"
        )
    n_bytes: int = len(selection.pages) * keyframe.size * keyframe.dtype.itemsize
    return n_bytes


@dataclass(frozen=True)
class _Found:
    """The planes of a file that make up the slice."""

    series: tifffile.TiffPageSeries
    selection: PlaneSelection
    orientation: int
    names: list[str]


def _lazy(
    found: _Found, wanted: Wanted, path: Path, again: tuple[Any, tuple[Any, ...]]
) -> tuple[TiffPlane, list[str]]:
    series, selection, names = found.series, found.selection, found.names
    keyframe = series.keyframe
    pages = [_page(series, number) for number in selection.pages]
    n_samples = keyframe.shaped[0] * keyframe.shaped[4]
    n_channels = len(pages) * n_samples

    def plane(chosen: int | list[int]) -> TiffPlane:
        return TiffPlane(pages, chosen, found.orientation, where=str(path), again=again)

    everything = list(range(n_channels))
    kept, note = everything, []
    if len(pages) == 1 and n_channels > 1:
        kept = samples_to_keep(keyframe, _sampled(plane(everything), keyframe))
        note = alpha_note(n_channels, len(kept))
    wished = pick_channels(wanted.channels, len(kept), names)
    if isinstance(wished, int):
        return plane(kept[wished]), note
    if wished is not None:
        return plane([kept[at] for at in wished]), note
    return plane(kept if len(kept) > 1 else kept[0]), note


def _sampled(plane: TiffPlane, keyframe: tifffile.TiffPage) -> NDArray | None:
    """Load a few parts of a picture with several samples, to tell what they are."""
    if plane.ndim == 2 or not n_alpha_samples(keyframe):
        return None
    height, width = plane.shape[-2:]
    parts = [
        plane[:, row : row + 64, col : col + 64].reshape(plane.shape[0], -1)
        for row in (0, height // 3, height // 2, 2 * height // 3)
        for col in (0, width // 3, width // 2, 2 * width // 3)
    ]
    return np.concatenate(parts, axis=-1)


def _eager(found: _Found, wanted: Wanted, path: Path) -> tuple[NDArray, list[str]]:
    series, selection, names = found.series, found.selection, found.names
    wished = None
    if len(selection.pages) > 1 and wanted.channels is not None:
        # Each channel has a page of its own: the others are not decoded.
        wished = pick_channels(wanted.channels, len(selection.pages), names)
        some = [wished] if isinstance(wished, int) else wished or []
        pages = [_read_plane(series, selection.pages[k], path) for k in some]
        data = selection.assemble(pages)
        data = data[0] if isinstance(wished, int) else data
        return turned(data, found.orientation), []
    data = selection.assemble([_read_plane(series, k, path) for k in selection.pages])
    notes: list[str] = []
    if data.ndim == 3 and len(selection.pages) == 1:
        kept = samples_to_keep(series.keyframe, data.reshape(len(data), -1))
        notes = alpha_note(len(data), len(kept))
        if notes:
            data = data[kept if len(kept) > 1 else kept[0]]
    n_channels = len(data) if data.ndim == 3 else 1
    data = take_channels(data, pick_channels(wanted.channels, n_channels, names))
    return turned(data, found.orientation), notes


def _page(series: tifffile.TiffPageSeries, number: int) -> Any:  # noqa: ANN401
    page = series[number]
    if page is None:
        raise ValueError(f"its metadata names page {number}, but the file lacks it")
    return page


def _read_plane(series: tifffile.TiffPageSeries, number: int, path: Path) -> NDArray:
    where = f"{path}, page {number}"
    with as_image_file_error(where):
        if series.is_truncated and number > 0:
            return _read_beyond_last_page(series, number)
        page = series[number]
        if page is None:
            raise ValueError("its metadata names this page, but the file lacks it")
        return read_page(page, where=where)


def _read_beyond_last_page(series: tifffile.TiffPageSeries, number: int) -> NDArray:
    """Read a plane of a stack that has one page and then bare pixels.

    This is how ImageJ writes stacks that are too large for a table of pages.
    """
    page = series.keyframe
    if page.dtype is None or not page.is_final:
        raise ValueError("it is not stored in a way that can be found without a table")
    page.parent.filehandle.seek(page.dataoffsets[0] + number * page.nbytes)
    dtype = page.dtype.newbyteorder(page.parent.byteorder)
    plane = page.parent.filehandle.read_array(dtype, page.size)
    return plane.astype(page.dtype, copy=False)
