"""Pixel size of a TIFF image, from whichever of its metadata states one."""

import math
from collections.abc import Mapping
from typing import Any

import tifffile

from sklearn_microarch.images._pixel_size import (
    PixelEdges,
    square_edge,
    um_per_unit,
)
from sklearn_microarch.images.tiff._ome_xml import ome_pixels

# Software that knows no better writes the resolution of a printer or a screen: 1, 72,
# 96, 300 or 600 dots per inch.
COARSEST_TAG_UM = 40.0

_UM_PER_RESOLUTION_UNIT = {2: 25400.0, 3: 1e4}


def read_pixel_size(
    tif: tifffile.TiffFile, series: tifffile.TiffPageSeries, *, where: str
) -> float | None:
    """Return a pixel's edge in micrometres, or None; ImageFileError if not square.

    Searched in this order: OME ``PhysicalSizeX``/``Y``; ImageJ's ``unit`` with
    ``XResolution``; ``XResolution`` with ``ResolutionUnit`` inch or centimetre.
    """
    edges = _ome_edges(tif, series)
    if edges == (None, None):
        edges = _imagej_edges(tif, series.keyframe)
    if edges == (None, None):
        edges = _tag_edges(series.keyframe)
    return square_edge(edges, where=where)


def _ome_edges(tif: tifffile.TiffFile, series: tifffile.TiffPageSeries) -> PixelEdges:
    if tif.ome_metadata is None or series.kind != "ome":
        return None, None
    images = [
        (_ome_edge(pixels, "X"), _ome_edge(pixels, "Y"))
        for pixels in ome_pixels(tif.ome_metadata)
    ]
    if len(set(images)) == 1:
        return images[0]
    # Which image a series came from is only sure when none was skipped.
    if len(images) != len(tif.series):
        return None, None
    return images[tif.series.index(series)]


def _ome_edge(pixels: Mapping[str, str], axis: str) -> float | None:
    try:
        edge = float(pixels[f"PhysicalSize{axis}"])
    except (KeyError, ValueError):
        return None
    scale = um_per_unit(pixels.get(f"PhysicalSize{axis}Unit", "µm"))
    return None if scale is None else _positive(edge * scale)


def _imagej_edges(tif: tifffile.TiffFile, page: tifffile.TiffPage) -> PixelEdges:
    metadata: Mapping[str, Any] = tif.imagej_metadata or {}
    scale = um_per_unit(str(metadata.get("unit", "")))
    if scale is None:
        return None, None
    width, height = _pixels_per_unit(page)
    return (
        None if width is None else _positive(scale / width),
        None if height is None else _positive(scale / height),
    )


def _tag_edges(page: tifffile.TiffPage) -> PixelEdges:
    # The standard's default unit is the inch, but a file without the tag says nothing.
    scale = _UM_PER_RESOLUTION_UNIT.get(page.tags.valueof("ResolutionUnit"))
    if scale is None:
        return None, None
    edges = [
        None if n is None else _positive(scale / n) for n in _pixels_per_unit(page)
    ]
    if any(edge is not None and edge > COARSEST_TAG_UM for edge in edges):
        return None, None
    return edges[0], edges[1]


def _pixels_per_unit(page: tifffile.TiffPage) -> PixelEdges:
    return (
        _rational(page.tags.valueof("XResolution")),
        _rational(page.tags.valueof("YResolution")),
    )


def _rational(value: object) -> float | None:
    if not (isinstance(value, tuple) and len(value) == 2 and value[1]):
        return None
    return _positive(value[0] / value[1])


def _positive(value: float) -> float | None:
    return value if math.isfinite(value) and value > 0 else None
