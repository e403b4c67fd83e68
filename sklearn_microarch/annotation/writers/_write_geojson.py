"""Regions as outlines in GeoJSON, as QuPath reads and writes them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch._whole import replace_file
from sklearn_microarch.annotation._grid_places import (
    image_frame,
    lies_pixel_by_pixel,
)
from sklearn_microarch.annotation.writers._trace_outlines import trace_outlines
from sklearn_microarch.images._slice_image import SliceImage

if TYPE_CHECKING:
    from sklearn_microarch.annotation._roi_map import RoiMap

Place = Callable[[tuple[int, int]], list[float]]
# In pixels: what was meant to be a centre comes out a little to either side of it.
_ON_CENTRE = 1e-5
_BEFORE = 1e-3


def write_geojson(rois: "RoiMap", path: Path, image: SliceImage | None) -> None:
    """Write one annotation a region, in pixels of the slice's whole picture."""
    place = _placing(rois, image)
    features = [
        _feature(rois, code, polygons, place)
        for code, polygons in _polygons_by_code(rois).items()
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    with replace_file(path) as file:
        file.write(text.encode())


def _polygons_by_code(rois: "RoiMap") -> dict[int, list]:
    """Return the polygons of each region that occurs, in pixels of its codes."""
    present = [code for code in rois.names if rois.names[code] in rois.areas()]
    # Boxes are found for small numbers only.
    ranks = np.searchsorted(np.array([*present, 2**62]), rois.codes) + 1
    known = np.isin(rois.codes, present)
    boxes = ndimage.find_objects(np.where(known, ranks, 0), len(present))
    found = {}
    for code, box in zip(present, boxes, strict=True):
        rows, cols = box
        polygons = trace_outlines(rois.codes[box] == code)
        shift = (cols.start, rows.start)
        found[code] = [
            [[(x + shift[0], y + shift[1]) for x, y in ring] for ring in polygon]
            for polygon in polygons
        ]
    return found


def _placing(rois: "RoiMap", image: SliceImage | None) -> Place:
    """Return what turns corners of pixels of the codes into places on the picture."""
    if image is None:
        return lambda corner: [float(corner[0]), float(corner[1])]
    downsample, (top, left) = image_frame(image)
    own, edge = rois.pixel_size_um, image.pixel_size_um
    if lies_pixel_by_pixel(rois, image) or own is None or edge is None:
        return lambda corner: [
            left + corner[0] * downsample,
            top + corner[1] * downsample,
        ]
    full = edge / downsample
    height, width = image.shape
    ys, xs = (
        _borders(
            first / full + 0.5 + (np.arange(n_pixels + 1) - 0.5) * (own / full),
            (begin, begin + length * downsample),
            downsample,
        )
        for n_pixels, first, begin, length in zip(
            rois.shape, rois.offset_um, (top, left), (height, width), strict=True
        )
    )
    return lambda corner: [xs[corner[0]], ys[corner[1]]]


def _borders(
    places: NDArray[np.floating], ends: tuple[float, float], downsample: float
) -> list[float]:
    """Return where borders of the codes' pixels are drawn on the picture.

    A border through centres of the slice's or the picture's pixels moves a little
    before them, since they belong to the later code, and no program to the area on
    either side. Half of a pixel that stands out over the slice is left out.
    """
    size = places[1] - places[0]
    on_slice = (places - ends[0]) / downsample
    meets = np.zeros(len(places), dtype=bool)
    for centres in (on_slice - 0.5, places - 0.5):
        meets |= np.abs(centres - np.rint(centres)) < _ON_CENTRE
    drawn = np.where(meets, places - min(_BEFORE, size / 4), places)
    begin, end = ends
    if drawn[0] < begin < drawn[1]:
        drawn[0] = begin
    if drawn[-2] < end < drawn[-1]:
        drawn[-1] = end
    return drawn.tolist()


def _feature(rois: "RoiMap", code: int, polygons: list, place: Place) -> dict:
    """Return one region as an object of QuPath's."""
    coordinates = [
        [[_short(place(corner)) for corner in ring] for ring in polygon]
        for polygon in polygons
    ]
    single = len(coordinates) == 1
    name = rois.names[code]
    classification: dict[str, object] = {"name": name}
    if code in rois.colors:
        classification["color"] = list(rois.colors[code])
    return {
        "type": "Feature",
        "geometry": {
            "type": "Polygon" if single else "MultiPolygon",
            "coordinates": coordinates[0] if single else coordinates,
        },
        "properties": {
            "objectType": "annotation",
            "name": name,
            "classification": classification,
            # QuPath keeps such texts with its objects.
            "metadata": {"code": str(code)},
        },
    }


def _short(place: list[float]) -> list[float | int]:
    """Return whole numbers as such, others to a thousandth of a pixel or so."""
    rounded = [round(value, 4) for value in place]
    return [int(value) if value == int(value) else value for value in rounded]
