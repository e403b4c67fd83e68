"""Tests of sklearn_microarch.sheets.draft_sheet."""

import pytest

from sklearn_microarch.exceptions import SheetError
from sklearn_microarch.sheets import draft_sheet


def draft(folder, *names):
    """Return pairs of names, and what was left over, of a folder with such files."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name.endswith(".zarr") else path.touch()
    sheet, left_over = draft_sheet(folder)
    pairs = {
        section.name: None
        if section.rois is None
        else section.rois.relative_to(folder).as_posix()
        for section in sheet
    }
    return pairs, left_over


@pytest.mark.parametrize(
    "image, rois",
    [
        ("a.tif", "a.geojson"),
        ("a.ome.tif", "a.geojson"),
        ("a.ome.tif", "a.ome.tif.geojson"),
        ("a.tif", "a.zip"),
        ("a.tif", "a_RoiSet.zip"),
        ("a.tif", "RoiSet/a.zip"),
        ("a.tif", "a_rois.png"),
        ("a.tif", "a_labels.tif"),
        ("a.tif", "a-labels.ome.tif"),
        ("a.svs", "A_annotation.geojson"),
        ("a.ome.zarr", "a_regions.nii.gz"),
        ("slices/a.tif", "annotations/a.geojson"),
    ],
)
def test_names_that_are_equal_but_for_ending_and_mark_are_paired(tmp_path, image, rois):
    assert draft(tmp_path, image, rois) == ({"a": rois}, [])


def test_animals_are_never_guessed(tmp_path):
    (tmp_path / "mouse1_s1.tif").touch()
    sheet, _ = draft_sheet(tmp_path)
    assert sheet[0].animal == ""
    assert sheet[0].group is None
    written = sheet.write(tmp_path / "study.csv").read_text()
    assert written == "image,rois,animal,group\nmouse1_s1.tif,,,\n"


def test_a_slice_without_annotation_is_said_and_kept(tmp_path):
    pairs, left_over = draft(tmp_path, "a.tif", "b.tif", "b.geojson")
    assert pairs == {"a": None, "b": "b.geojson"}
    assert left_over == ["a.tif: no annotation was found; column rois is empty."]


def test_an_annotation_without_slice_is_said(tmp_path):
    pairs, left_over = draft(tmp_path, "a.tif", "a.geojson", "c_labels.tif")
    assert pairs == {"a": "a.geojson"}
    assert left_over == [
        "c_labels.tif: looks like an annotation, and no slice is named c."
    ]


def test_of_several_annotations_none_is_taken(tmp_path):
    pairs, left_over = draft(tmp_path, "a.tif", "a.geojson", "a_labels.tif")
    assert pairs == {"a": None}
    assert len(left_over) == 1
    assert "several annotations were found (a.geojson, a_labels.tif)" in left_over[0]


def test_slices_of_one_name_are_told_apart_by_their_folders(tmp_path):
    files = ("m1/s1.tif", "m1/s1.geojson", "m2/s1.tif", "m2/s1.geojson")
    pairs, left_over = draft(tmp_path, *files)
    assert pairs == {"m1_s1": "m1/s1.geojson", "m2_s1": "m2/s1.geojson"}
    assert left_over == []


def test_an_annotation_elsewhere_is_not_given_to_one_of_two_slices(tmp_path):
    pairs, left_over = draft(tmp_path, "m1/s1.tif", "m2/s1.tif", "rois/s1.geojson")
    assert pairs == {"m1_s1": None, "m2_s1": None}
    assert len(left_over) == 3


def test_maps_hidden_files_and_other_files_are_no_slices(tmp_path):
    maps = [f"maps/a_{kind}.tif" for kind in ("factors", "regions", "clusters")]
    others = (".a.tif", ".cache/b.tif", "notes.docx", "study.csv")
    assert draft(tmp_path, "a.tif", *maps, *others)[0] == {"a": None}


def test_files_within_an_ome_zarr_are_no_slices(tmp_path):
    (tmp_path / "a.ome.zarr" / "0").mkdir(parents=True)
    (tmp_path / "a.ome.zarr" / "0" / "x.png").touch()
    assert draft(tmp_path)[0] == {"a": None}


def test_a_folder_without_slices_is_an_error(tmp_path):
    with pytest.raises(SheetError, match="no file that looks like a slice"):
        draft_sheet(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotADirectoryError, match="none is no folder"):
        draft_sheet(tmp_path / "none")
