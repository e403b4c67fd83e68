"""Public files of QuPath and ImageJ have the pixels that other programs counted."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from sklearn_microarch import SliceImage, read_rois
from sklearn_microarch.annotation.shapes._fill_polygon import fill_polygon
from sklearn_microarch.annotation.shapes._read_geojson import read_geojson
from sklearn_microarch.annotation.shapes._read_imagej import read_imagej
from sklearn_microarch.exceptions import ImageFileError

FOLDER = Path(os.environ.get("SKLEARN_MICROARCH_DATA", "")) / "annotations"
KINDS = ("1_qupath_geojson", "2_imagej_roi")
REFUSED = {
    "1_qupath_geojson/LMD_qupath_classes.json": "list of classes",
    "2_imagej_roi/RImageJROI/arrow.roi": "1 arrow",
    "2_imagej_roi/RImageJROI/line.roi": "1 line",
    "2_imagej_roi/RImageJROI/multi_point.roi": "1 point selection",
    "2_imagej_roi/RImageJROI/segmented_line.roi": "1 segmented line",
    "2_imagej_roi/RImageJROI/text.roi": "1 text",
    "2_imagej_roi/ijroi/float_point.roi": "1 point selection",
    "2_imagej_roi/read-roi/freeline.roi": "1 freehand line",
    "2_imagej_roi/read-roi/line1.roi": "1 line",
}


@pytest.fixture(scope="module")
def truth():
    if not (FOLDER / "TRUTH.json").is_file():
        pytest.skip(
            "SKLEARN_MICROARCH_DATA names no folder with annotations/TRUTH.json"
        )
    return json.loads((FOLDER / "TRUTH.json").read_text())


def areas_of(about):
    """Return what TRUTH.json says of each area of a file."""
    entries = about if isinstance(about, list) else about.get("rois", [about])
    return [e for e in entries if "area" in e or "area_exact_ellipse" in e]


def pixels(polygon):
    """Return how many pixels a polygon has, wherever it lies."""
    import shapely

    x0, y0, x1, y1 = polygon.bounds
    shift = np.floor([x0, y0])
    near = shapely.transform(polygon, lambda xy: xy - shift)
    shape = (int(y1 - y0) + 3, int(x1 - x0) + 3)
    return sum(int(strip.inside.sum()) for strip in fill_polygon(near, shape))


def test_every_area_has_the_pixels_whose_centre_is_inside(truth):
    seen = 0
    for name, about in truth.items():
        suffix = Path(name).suffix
        if not name.startswith(KINDS) or suffix in (".png", ".tiff", ".tif"):
            continue
        is_json = suffix in (".json", ".geojson")
        if name in REFUSED or name.endswith("read-roi"):
            continue
        found = (read_geojson if is_json else read_imagej)(FOLDER / name).areas
        wanted = areas_of(about)
        # The list names the first 40 objects of a file.
        for area, entry in zip(found, wanted, strict=len(wanted) < 40):
            seen += 1
            exact = entry.get("area_exact_ellipse")
            if exact is not None:
                assert area.polygon.area == pytest.approx(exact, rel=1e-3)
                assert pixels(area.polygon) == pytest.approx(exact, rel=0.01, abs=6)
                continue
            assert area.polygon.area == pytest.approx(entry["area"], rel=1e-6, abs=0.01)
            if entry["pixel_centres"] is not None:
                assert pixels(area.polygon) == entry["pixel_centres"], name
            if isinstance(entry.get("color"), list):
                assert area.color == tuple(entry["color"])
    assert seen > 50


@pytest.mark.parametrize("name", list(REFUSED))
def test_files_without_areas_are_refused_by_what_they_hold(truth, name):
    with pytest.raises(ImageFileError, match=REFUSED[name]):
        read_rois(FOLDER / name)


def test_classes_colours_and_holes_are_found(truth):
    crop = (10042, 12773)
    image = SliceImage(np.broadcast_to(np.uint8(0), (520, 740)), crop=crop)
    rois = read_rois(FOLDER / "1_qupath_geojson/LMD_objects.geojson", like=image)
    assert rois.areas() == {"Tumor": 55704, "nice circle": 135320}
    assert dict(rois.colors) == {1: (200, 0, 0), 2: (0, 255, 0)}
    name = "1_qupath_geojson/holed_HistoQC.geojson"
    image = SliceImage(np.broadcast_to(np.uint8(0), (2800, 3300)), crop=(16763, 10098))
    rois = read_rois(FOLDER / name, like=image)
    entry = truth[name]["rois"][0]
    (x, y), (hole_x, hole_y) = entry["inside_xy"], entry["hole_inside_xy"][0]
    rows = [int(y) - 16763, int(hole_y) - 16763]
    cols = [int(x) - 10098, int(hole_x) - 10098]
    assert rois.labels_at(image, rows, cols).tolist() == ["unnamed", ""]
