"""Pixel size of a TIFF image, from whichever of its metadata states one."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tifffile

from sklearn_microarch.images._pixel_size import (
    PixelEdges,
    square_edge,
    um_per_unit,
)
from sklearn_microarch.images.tiff._ome_xml import companion_xml, ome_pixels

# Software that knows no better writes the resolution of a printer or a screen: 1, 72,
# 96, 300 or 600 dots per inch.
COARSEST_TAG_UM = 40.0

MAX_DESCRIPTION = 1_000_000
_MPP = re.compile(r"\bMPP(?:[ _]?X)?\s*[:=]\s*\"?([0-9.,]+(?:[eE][+-]?\d+)?)")
_SCAN_RES = re.compile(r"\bScanRes\s*=\s*[\"']([0-9.,]+)")
_PHILIPS = re.compile(
    r"DICOM_PIXEL_SPACING[^>]*>\s*(?:&quot;|\")([0-9.eE+-]+)(?:&quot;|\")\s+"
    r"(?:&quot;|\")([0-9.eE+-]+)"
)
_CENTIMETRE, _PER_CM = 3, 10000.0
_UM_PER_RESOLUTION_UNIT = {2: 25400.0, 3: 1e4}


def read_pixel_size(
    tif: tifffile.TiffFile, series: tifffile.TiffPageSeries, *, where: str
) -> float | None:
    """Return a pixel's edge in micrometres, or None; ImageFileError if not square.

    Searched in this order: OME ``PhysicalSizeX``/``Y``; what a slide scanner states in
    the description; ImageJ's ``unit`` with ``XResolution``; ``XResolution`` with
    ``ResolutionUnit`` inch or centimetre, unless it is a placeholder.
    """
    edges = _ome_edges(tif, series)
    if edges == (None, None):
        edges = _scanner_edges(tif, series)
    if edges == (None, None):
        edges = _imagej_edges(tif, series.keyframe)
    if edges == (None, None) and not _is_placeholder(tif, series.keyframe):
        edges = _tag_edges(series.keyframe)
    return square_edge(edges, where=where)


def _ome_edges(tif: tifffile.TiffFile, series: tifffile.TiffPageSeries) -> PixelEdges:
    xml = tif.ome_metadata
    if xml is None:
        return None, None
    if series.kind != "ome":
        xml = companion_xml(xml, Path(tif.filehandle.path).parent)
        if xml is None:
            return None, None
    images = [
        (ome_edge(pixels, "X"), ome_edge(pixels, "Y")) for pixels in ome_pixels(xml)
    ]
    if len(set(images)) == 1:
        return images[0]
    # Which image a series came from is only sure when none was skipped.
    if len(images) != len(tif.series):
        return None, None
    return images[tif.series.index(series)]


def ome_edge(pixels: Mapping[str, str], axis: str) -> float | None:
    """Return a pixel's edge along X or Y in micrometres, from attributes of OME."""
    try:
        edge = float(pixels[f"PhysicalSize{axis}"])
    except (KeyError, ValueError):
        return None
    scale = um_per_unit(pixels.get(f"PhysicalSize{axis}Unit", "µm"))
    return None if scale is None else _positive(edge * scale)


def _scanner_edges(
    tif: tifffile.TiffFile, series: tifffile.TiffPageSeries
) -> PixelEdges:
    """Return what Aperio, Ventana or Philips write into the description."""
    pages = [series.keyframe, *list(tif.pages)[:1]]
    for page in pages:
        text = str(getattr(page, "description", "") or "")[:MAX_DESCRIPTION]
        xmp = page.tags.valueof("XMP") if hasattr(page, "tags") else None
        if isinstance(xmp, bytes):
            text += xmp[:MAX_DESCRIPTION].decode("utf-8", errors="replace")
        found = _MPP.search(text) or _SCAN_RES.search(text)
        if found:
            edge = _positive(_number(found.group(1)))
            return edge, edge
        found = _PHILIPS.search(text)
        if found:
            height, width = (_positive(1e3 * _number(n)) for n in found.groups())
            return width, height
    return None, None


def _imagej_edges(tif: tifffile.TiffFile, page: tifffile.TiffPage) -> PixelEdges:
    metadata: Mapping[str, Any] = tif.imagej_metadata or {}
    across = um_per_unit(str(metadata.get("unit", "")))
    # Stated only where it is another one than that of x.
    down = um_per_unit(str(metadata.get("yunit", metadata.get("unit", ""))))
    if across is None or down is None:
        return None, None
    width, height = _pixels_per_unit(page)
    return (
        None if width is None else _positive(across / width),
        None if height is None else _positive(down / height),
    )


def _is_placeholder(tif: tifffile.TiffFile, page: tifffile.TiffPage) -> bool:
    """Tell whether the resolution tags are what a program writes that knows none.

    SCIFIO and Bio-Formats write 10000 pixels per centimetre, which is 1 um, beside
    metadata that state no unit.
    """
    text = str(getattr(page, "description", "") or "")[:MAX_DESCRIPTION]
    if re.search(r"^units?=(null\b|pixels?\b|\s*$)", text, re.MULTILINE):
        return True
    known_by = tif.is_ome or tif.is_imagej or "SCIFIO" in text or "<OME" in text
    per_cm = page.tags.valueof("ResolutionUnit") == _CENTIMETRE
    return bool(known_by and per_cm and _pixels_per_unit(page)[0] == _PER_CM)


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


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan


def _positive(value: float) -> float | None:
    return value if math.isfinite(value) and value > 0 else None
