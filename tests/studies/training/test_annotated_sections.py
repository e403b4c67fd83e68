"""Tests of how the annotated sections of a sheet are read."""

import json

import numpy as np
import pytest
import tifffile

from sklearn_microarch.sheets import Section, Sheet
from sklearn_microarch.studies.training._annotated_sections import read_annotated

TREE = [
    {"id": 997, "acronym": "root", "name": "root", "structure_id_path": [997]},
    {
        "id": 315,
        "acronym": "CTX",
        "name": "Isocortex",
        "structure_id_path": [997, 315],
    },
    {
        "id": 385,
        "acronym": "VISp",
        "name": "Visual area",
        "structure_id_path": [997, 315, 385],
    },
    {
        "id": 322,
        "acronym": "SSp",
        "name": "Touch area",
        "structure_id_path": [997, 315, 322],
    },
    {"id": 549, "acronym": "TH", "name": "Thalamus", "structure_id_path": [997, 549]},
]


@pytest.fixture
def sheet(tmp_path):
    """Two animals, whose files have the same names in folders of their own."""
    (tmp_path / "structures.json").write_text(json.dumps(TREE))
    rng = np.random.default_rng(0)
    codes = np.zeros((60, 90), dtype=np.uint16)
    codes[:, :30], codes[:, 30:60], codes[:, 60:] = 385, 322, 549
    sections = []
    for animal in ("m1", "m2"):
        folder = tmp_path / animal
        folder.mkdir()
        pixels = rng.integers(0, 255, codes.shape, dtype=np.uint8)
        tifffile.imwrite(folder / "slice.tif", pixels)
        tifffile.imwrite(folder / "rois.tif", codes)
        sections.append(
            Section(
                folder / "slice.tif",
                folder / "rois.tif",
                animal=animal,
                name=f"{animal}_slice",
                rois_settings={"tree": tmp_path / "structures.json"},
            )
        )
    return Sheet(sections)


def regions(sheet, **asked):
    given = {"picture": {}, "merge": {}, "exclude": ()} | asked
    found, _ = read_annotated(sheet, **given)
    return found


def test_regions_of_an_atlas_are_brought_to_its_levels(sheet):
    for one in regions(sheet, to_level=["CTX", "TH"]):
        assert one.rois.areas() == {"CTX": 60 * 60, "TH": 60 * 30}
    merged = regions(sheet, to_level=["CTX", "TH"], merge={"all": ["CTX", "TH"]})
    assert merged[0].rois.region_names == ["all"]


def test_a_level_that_is_unknown_names_the_argument(sheet):
    with pytest.raises(ValueError, match=r"to_level=\['STR'\].*STR"):
        regions(sheet, to_level=["STR"])


def test_annotations_of_one_name_are_told_apart(sheet):
    records = [one.to_record() for one in regions(sheet)]
    assert [one["annotation"] for one in records] == ["m1/rois.tif", "m2/rois.tif"]
