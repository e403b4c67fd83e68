"""Arguments that are none of what a user meant."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch import RoiMap, SliceImage, read_rois

IMAGE = SliceImage(np.zeros((8, 9), "uint8"), pixel_size_um=2.0, name="z1")
CODES = np.repeat([[0, 1, 2]], 8, axis=0).repeat(3, axis=1)
ROIS = RoiMap(CODES, {1: "CTX", 2: "WM"}, pixel_size_um=2.0)

wrong = pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)


@pytest.fixture(scope="module", params=["outlines", "labels"])
def annotation(request: pytest.FixtureRequest, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("annotation")
    if request.param == "labels":
        np.save(folder / "labels.npy", CODES)
        return folder / "labels.npy"
    area = {
        "type": "Feature",
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[1, 1], [6, 1], [6, 6], [1, 6], [1, 1]]],
        },
        "properties": {"classification": {"name": "CTX"}},
    }
    path = folder / "section.geojson"
    path.write_text(json.dumps(area))
    return path


@wrong
@pytest.mark.parametrize(
    "argument",
    [
        *("like", "names", "colors", "table", "tree", "scale", "flip", "z", "t"),
        *("unannotated_code", "sides", "pixel_size_um", "offset_um"),
    ],
)
def test_reading_names_the_wrong_argument(annotation, argument, value):
    if isinstance(value, str) and argument in ("table", "tree"):
        pytest.skip("a file that does not exist is named by its path")
    given = {"like": IMAGE, argument: value}
    check_that_errors_name(argument, lambda: read_rois(annotation, **given))


@wrong
def test_reading_names_a_wrong_path(value):
    if isinstance(value, str):
        pytest.skip("a file that does not exist is named by its path")
    check_that_errors_name("path", lambda: read_rois(value))


@wrong
@pytest.mark.parametrize(
    "argument",
    [
        *("codes", "names", "colors", "pixel_size_um", "offset_um"),
        *("unannotated_code", "tree", "sides", "notes"),
    ],
)
def test_the_constructor_names_the_wrong_argument(argument, value):
    given = {"codes": CODES, "names": {1: "CTX", 2: "WM"}, argument: value}

    def make() -> object:
        rois = RoiMap(**given)
        return hash(rois), repr(rois), rois == ROIS, rois.areas()

    check_that_errors_name(argument, make)


CALLS: dict[str, tuple[str, Callable[[object], object]]] = {
    "code_of": ("name", ROIS.code_of),
    "on": ("image", ROIS.on),
    "labels_at image": ("image", lambda image: ROIS.labels_at(image, [1], [1])),
    "labels_at rows": ("rows", lambda rows: ROIS.labels_at(IMAGE, rows, np.arange(6))),
    "labels_at cols": ("cols", lambda cols: ROIS.labels_at(IMAGE, np.arange(6), cols)),
    "merge": ("groups", ROIS.merge),
    "merge one": ("groups", lambda members: ROIS.merge({"all": members})),
    "exclude": ("names", ROIS.exclude),
    "rename": ("names", ROIS.rename),
    "rename one": ("names", lambda name: ROIS.rename({"CTX": name})),
    "write path": ("path", lambda path: ROIS.write(path, "csv")),
    "write format": ("format", lambda format_: ROIS.write("/x/y.csv", format_)),
    "write image": ("image", lambda image: ROIS.write("/x/y.tif", image=image)),
    "write overwrite": (
        "overwrite",
        lambda overwrite: ROIS.write("/x/y.csv", overwrite=overwrite),
    ),
}


@wrong
@pytest.mark.parametrize("call", CALLS)
def test_methods_name_the_wrong_argument(call, value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    argument, method = CALLS[call]

    def run() -> None:
        try:
            method(value)
        except FileNotFoundError:
            pytest.skip("the argument is right, and the folder is not there")

    check_that_errors_name(argument, run)


@wrong
def test_levels_that_are_none_are_named(value, tmp_path):
    structures = [
        {"id": 997, "acronym": "root", "name": "root", "structure_id_path": [997]},
        {"id": 1, "acronym": "CTX", "name": "cortex", "structure_id_path": [997, 1]},
    ]
    (tmp_path / "structures.json").write_text(json.dumps(structures))
    np.save(tmp_path / "labels.npy", np.minimum(CODES, 1))
    rois = read_rois(tmp_path / "labels.npy", tree=tmp_path / "structures.json")
    check_that_errors_name("levels", lambda: rois.to_level(value))
    check_that_errors_name("levels", lambda: rois.to_level([value]))
