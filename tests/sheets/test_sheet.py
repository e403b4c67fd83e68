"""Tests of sklearn_microarch.sheets.Sheet."""

import numpy as np
import pytest

from sklearn_microarch import SliceImage
from sklearn_microarch.exceptions import SheetError
from sklearn_microarch.images import write_tiff
from sklearn_microarch.sheets import Section, Sheet, read_sheet


def test_a_sheet_is_a_sequence_of_its_sections():
    sections = [Section(f"{name}.tif", animal="m1") for name in "abc"]
    sheet = Sheet(sections)
    assert list(sheet) == sections
    assert len(sheet) == 3
    assert sheet[1:] == Sheet(sections[1:])
    assert repr(sheet) == "Sheet(3 sections of 1 animal)"


def test_what_is_written_is_read_again(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("ä.tif", "b.tif", "b.geojson"):
        (tmp_path / "in" / name).touch()
    sections = [
        Section(tmp_path / "in" / "ä.tif", animal="m1", flip=True, z_um=1.5),
        Section(
            tmp_path / "in" / "b.tif",
            rois=tmp_path / "in" / "b.geojson",
            animal="m,2",
            name="second",
            group="control",
            side="right",
            normalize_by="slide",
            channel=1,
            pixel_size_um=0.65,
            exclude=("IC", "CC"),
            details={"sex": "f", "age": 12},
        ),
    ]
    path = Sheet(sections).write(tmp_path / "study.csv")
    # With the mark by which Excel knows the encoding.
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "in/b.tif" in path.read_text(encoding="utf-8")
    assert list(read_sheet(path)) == sections


def test_a_sheet_that_exists_is_replaced_only_when_told(tmp_path):
    (tmp_path / "a.tif").touch()
    sheet = Sheet([Section(tmp_path / "a.tif")])
    sheet.write(tmp_path / "s.csv")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        sheet.write(tmp_path / "s.csv")
    sheet.write(tmp_path / "s.csv", overwrite=True)


def test_sections_of_one_scan_share_their_grey_levels(tmp_path, rng):
    for name in "abc":
        data = rng.normal(100, 20, size=(128, 160)).astype("uint8")
        write_tiff(tmp_path / f"{name}.tif", SliceImage(data, pixel_size_um=1.0))
    sheet = Sheet(
        Section(tmp_path / f"{name}.tif", normalize_by=by)
        for name, by in zip("abc", ["slide", None, "slide"], strict=True)
    )
    a, b, c = sheet.read_images()
    assert b.grey_levels is None
    np.testing.assert_array_equal(a.grey_levels.measures, c.grey_levels.measures)


def test_animals_are_asked_for_where_they_are_needed(tmp_path):
    sheet = Sheet(
        [Section("a.tif", animal="m1"), Section("b.tif")], path=tmp_path / "s.csv"
    )
    with pytest.raises(SheetError, match=r"s\.csv: the animal of b is not known"):
        sheet.require_animals()
    assert sheet.animals == ["m1"]
    sheet[:1].require_animals()


@pytest.mark.parametrize(
    "sections, error, words",
    [
        ([], SheetError, "no section"),
        (["a.tif"], TypeError, r"sections\[0\] is a str"),
        ([Section("a.tif"), Section("a.tif")], SheetError, "a.tif is given twice"),
        ([Section("x/a.tif"), Section("y/a.tif")], SheetError, "two .*named 'a'"),
    ],
)
def test_what_is_no_sheet_is_refused(sections, error, words):
    with pytest.raises(error, match=words):
        Sheet(sections)


@pytest.mark.parametrize("sections", [float("nan"), -1, "sheet.csv", None])
def test_sections_that_are_no_sequence_are_named(sections):
    with pytest.raises(TypeError, match=r"sections=.* must be a sequence"):
        Sheet(sections)
