"""Read the areas of ImageJ's .roi files and of RoiSet.zip."""

import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from sklearn_microarch.annotation._optional import optional
from sklearn_microarch.annotation.shapes._area_shape import AreaShape, FoundShapes
from sklearn_microarch.annotation.shapes._imagej_outlines import (
    composite_parts,
    oval,
    rounded_rectangle,
)
from sklearn_microarch.annotation.shapes._make_polygon import check_ring, make_polygon

if TYPE_CHECKING:
    from roifile import ImagejRoi
    from shapely import MultiPolygon, Polygon

    from sklearn_microarch.annotation._region_names import Color

_MOST_MEMBERS = 50_000
_LARGEST_ROI = 2**26
_LARGEST_SET = 2**28
# What ImageJ calls them, by roifile's names.
_NO_AREA = {
    "LINE": "line",
    "POLYLINE": "segmented line",
    "FREELINE": "freehand line",
    "ANGLE": "angle",
    "POINT": "point selection",
    "NOROI": "empty selection",
}
_NO_AREA_SUBTYPES = {"TEXT": "text", "ARROW": "arrow", "IMAGE": "image"}
# Names that ImageJ gives by the place when nobody gave one.
_BY_PLACE = re.compile(r"\d{4,}-\d{4,}(-\d{4,})?(-\d+)?")


def read_imagej(path: Path) -> FoundShapes:
    """Return the areas of one .roi file, or of all in a zip file."""
    found = FoundShapes()
    if zipfile.is_zipfile(path):
        for name, data in _members(path, found):
            _add_roi(data, name, found)
    else:
        if path.stat().st_size > _LARGEST_ROI:
            raise ValueError(
                f"it has {path.stat().st_size} bytes, too many for one ROI"
            )
        _add_roi(path.read_bytes(), path.stem, found)
    return found


def _members(path: Path, found: FoundShapes) -> list[tuple[str, bytes]]:
    """Return name and content of each ROI of a zip file, within limits."""
    rois, total = [], 0
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > _MOST_MEMBERS:
            raise ValueError(f"it has {len(members)} members, too many for a RoiSet")
        for member in members:
            place = PurePosixPath(member.filename)
            if place.suffix.lower() != ".roi" or member.filename.startswith("__MACOSX"):
                found.leave_out("other file")
                continue
            with archive.open(member) as file:
                data = file.read(_LARGEST_ROI + 1)
            total += len(data)
            if len(data) > _LARGEST_ROI or total > _LARGEST_SET:
                raise ValueError(
                    f"its member {member.filename[:80]!r} unpacks to more than a set "
                    "of ROIs can hold"
                )
            rois.append((place.stem, data))
    return rois


def _add_roi(data: bytes, stem: str, found: FoundShapes) -> None:
    """Add the area of one ROI, or count why it is none."""
    roifile = optional("roifile", "Reading ImageJ's regions")
    try:
        with _damage_as_error():
            roi = roifile.ImagejRoi.frombytes(data)
    except Exception as exc:
        raise ValueError(f"the ROI {stem[:80]!r} is damaged: {exc}") from exc
    name = roi.name.strip("\0 \t\r\n") or stem
    kind = _NO_AREA_SUBTYPES.get(roi.subtype.name) or _NO_AREA.get(roi.roitype.name)
    if kind is not None:
        found.leave_out(kind)
        return
    polygon = _polygon_of(roifile, roi, name, found)
    if polygon is None:
        found.mend("outlines without an area were left out", repr(name))
        return
    if _BY_PLACE.fullmatch(name):
        found.mend("regions nobody named bear the names ImageJ gives by place", name)
    found.areas.append(
        AreaShape(name, polygon, _color_of(roi), None, repr(name), _plane_of(roi))
    )


@contextmanager
def _damage_as_error() -> Iterator[None]:
    """Raise ValueError for what roifile only logs: parts beyond the end of the data."""

    def refuse(record: logging.LogRecord) -> bool:
        raise ValueError(record.getMessage().removeprefix("ImagejRoi "))

    logger = logging.getLogger("roifile")
    logger.addFilter(refuse)
    try:
        yield
    finally:
        logger.removeFilter(refuse)


def _polygon_of(
    roifile: ModuleType, roi: "ImagejRoi", name: str, found: FoundShapes
) -> "Polygon | MultiPolygon | None":
    """Return the area that ImageJ draws for a ROI."""
    what = repr(name)
    if roi.composite and roi.multi_coordinates is not None:
        return composite_parts(roi.multi_coordinates, what, found)
    if roi.roitype in (roifile.ROI_TYPE.RECT, roifile.ROI_TYPE.OVAL):
        if roi.subpixelrect:
            left, top, width, height = roi.xd, roi.yd, roi.widthd, roi.heightd
        else:
            left, top = roi.left, roi.top
            width, height = roi.right - roi.left, roi.bottom - roi.top
        # A damaged file may state any float.
        if not all(np.isfinite([left, top, width, height])) or min(width, height) <= 0:
            return None
        if roi.roitype == roifile.ROI_TYPE.OVAL:
            ring = oval(left, top, width, height)
        else:
            arc = roi.rounded_rect_arc_size
            ring = rounded_rectangle(left, top, width, height, arc)
    else:
        return _closed_polygon(roi.coordinates(), what, found)
    return _closed_polygon(ring, what, found)


def _closed_polygon(
    ring: object, what: str, found: FoundShapes
) -> "Polygon | MultiPolygon | None":
    """Return the area of a ring; ImageJ's all leave out that they end at the start."""
    corners = check_ring(ring, what)
    if not len(corners):
        return None
    return make_polygon([[np.concatenate([corners, corners[:1]])]], what, found)


def _color_of(roi: "ImagejRoi") -> "Color | None":
    """Return the colour of the line, or else of the filling."""
    for color in (roi.stroke_color, roi.fill_color):
        text = roi.hexcolor(color)
        if text is not None:
            number = int(text[1:], 16)
            return number >> 16, (number >> 8) & 255, number & 255
    return None


def _plane_of(roi: "ImagejRoi") -> tuple[int | None, int | None]:
    """Return z and t, counted from 0; None where it is on all of them."""
    z, t = roi.z_position, roi.t_position
    # In a plain stack, ImageJ states one position, which roifile keeps by itself.
    if not (roi.c_position or z or t):
        z = roi.position
    return (z - 1 if z > 0 else None), (t - 1 if t > 0 else None)
