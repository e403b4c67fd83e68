"""Tests of sklearn_microarch.studies.map_study."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from sklearn_microarch import SliceImage, map_slice, read_image, read_rois
from sklearn_microarch.exceptions import AnnotationWarning
from sklearn_microarch.images import read_tiff
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.sheets import Section, Sheet, read_sheet
from sklearn_microarch.studies import map_study

KINDS = ("factors", "regions", "clusters", "region_labels", "novelty", "slice")


@pytest.fixture(scope="module")
def model(trained):
    return trained[0].path


@pytest.fixture
def mapped(model, study, tmp_path):
    """Return what came of mapping the study, and where."""
    return map_study(model, study, tmp_path / "maps", stride=32), tmp_path / "maps"


def statuses(done):
    return [one.status for one in done.slices]


def test_each_slice_is_mapped_as_by_map_slice(mapped, trained, study):
    done, folder = mapped
    assert statuses(done) == ["mapped", "mapped"]
    assert [path.name for path in done.slices[1].files] == [
        f"m2_s1_{kind}.tif" for kind in KINDS
    ]
    image = read_sheet(study)[1].read_image()
    expected = map_slice(trained[0].pipeline, image, stride=32, check_drift=False)
    np.testing.assert_array_equal(
        read_tiff(folder / "m2_s1_clusters.tif").data, expected.clusters
    )


def test_drift_and_novelty_are_said_in_one_line(mapped):
    done, _ = mapped
    for one in done.slices:
        assert "\n" not in str(one)
        assert str(one).startswith(f"{one.name}: ")
        assert f"{one.unknown_share:.0%} of the tissue is unknown" in str(one)
    assert str(done).endswith(f"2 of 2 slices mapped in {done.folder}")


def test_what_is_mapped_is_not_computed_again(mapped, model, study):
    done, folder = mapped
    times = {path: path.stat().st_mtime_ns for path in done.slices[0].files}
    again = map_study(model, study, folder, stride=32)
    assert statuses(again) == ["found", "found"]
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert [one.message for one in again.slices] == [one.message for one in done.slices]
    assert "2 of them before" in again.summary()


def test_other_strides_are_not_mixed(mapped, model, study):
    _, folder = mapped
    message = r"another stride \(values are 37.44 um apart, .*overwrite=True"
    with pytest.raises(FileExistsError, match=message):
        map_study(model, study, folder, stride=16)
    done = map_study(model, study, folder, stride=64, overwrite=True)
    assert statuses(done) == ["mapped", "mapped"]


def test_maps_of_another_model_are_not_mixed(mapped, trained, study):
    _, folder = mapped
    other = trained[0].pipeline[:]
    other.steps[-1] = ("clusters", other.steps[-1][1])
    sheet = read_sheet(study)[:1]
    with pytest.raises(FileExistsError, match=r"m1_s1, m2_s1 .*another model"):
        map_study(other, sheet, folder, stride=32)
    # Those of the second slice would stay.
    with pytest.raises(FileExistsError, match="choose another folder") as error:
        map_study(other, sheet, folder, stride=32, overwrite=True)
    assert "overwrite=True" not in str(error.value)


def test_another_picture_of_the_same_name_is_not_taken_for_mapped(mapped, model, study):
    _, folder = mapped
    sheet = read_sheet(study)
    swapped = Sheet(
        [Section(sheet[1].image, name="m1_s1", animal="m1"), sheet[1]],
    )
    done = map_study(model, swapped, folder, stride=32)
    assert statuses(done) == ["failed", "found"]
    assert "the slice's pixels" in done.failed[0].message


def test_a_bad_slice_does_not_stop_the_others(model, study, tmp_path):
    sheet, said = read_sheet(study), []
    (tmp_path / "bad.tif").write_bytes(b"no picture")
    three = Sheet([Section(tmp_path / "bad.tif", animal="m9"), *sheet])
    done = map_study(model, three, tmp_path / "maps", stride=32, say=said.append)
    assert statuses(done) == ["failed", "mapped", "mapped"]
    assert said == list(done.slices)
    assert "bad.tif" in str(done.failed[0])
    assert done.summary().endswith(
        f"2 of 3 slices mapped in {tmp_path / 'maps'}; 1 failed: bad"
    )
    assert done.to_rows()[0]["status"] == "failed"


def test_maps_are_written_for_other_programs(model, study, tmp_path):
    formats = ["geojson", "nifti", "csv"]
    sheet = read_sheet(study)
    done = map_study(model, sheet, tmp_path, stride=32, formats=formats)
    image = sheet[0].read_image()
    labels = read_tiff(tmp_path / "m1_s1_region_labels.tif")
    found = read_rois(tmp_path / "m1_s1_regions.geojson", like=image)
    names = done.slices[0].files
    assert tmp_path / "m1_s1_clusters.geojson" in names
    row, col = np.argwhere(labels.data > 0)[40]
    assert found.on(image)[32 * row, 32 * col] > 0
    volume = read_image(tmp_path / "m1_s1_region_labels.nii.gz")
    np.testing.assert_array_equal(volume.data, labels.data)
    table = done.table.read_text().splitlines()
    assert done.table.name == "regions.csv"
    assert table[0].startswith("specimen,group,side,slice")
    assert {line.split(",")[0] for line in table[1:]} == {"m1", "m2"}
    # One more format, and all that is there stays.
    assert statuses(map_study(model, sheet, tmp_path, stride=32)) == ["found"] * 2


def test_ome_zarr_images_are_opened_for_the_table_of_slices_mapped_before(
    model, study, tmp_path
):
    settings = {"stride": 32, "formats": ["ome-zarr", "csv"]}
    done = map_study(model, study, tmp_path, **settings)
    table = done.table.read_text()
    assert done.slices[0].files == (tmp_path / "m1_s1.zarr",)
    again = map_study(model, study, tmp_path, **settings)
    assert statuses(again) == ["found", "found"]
    assert again.table.read_text() == table


def test_one_slice_may_go_to_an_ome_zarr_image_by_its_name(model, study, tmp_path):
    sheet = read_sheet(study)
    done = map_study(model, sheet[:1], tmp_path / "new" / "a.zarr", stride=32)
    assert done.slices[0].files == (tmp_path / "new" / "a.zarr",)
    assert open_maps(tmp_path / "new" / "a.zarr").image.name == "m1_s1"
    with pytest.raises(ValueError, match="names one OME-Zarr image"):
        map_study(model, sheet, tmp_path / "b.zarr")


def test_an_annotation_that_changed_since_the_training_is_named(model, study, tmp_path):
    shutil.copytree(study.parent, tmp_path / "study")
    annotation = tmp_path / "study" / "m1_s1.geojson"
    annotation.write_text(annotation.read_text() + "\n")
    with pytest.warns(AnnotationWarning, match=r"m1_s1\.geojson changed since"):
        map_study(model, tmp_path / "study" / "study.csv", tmp_path, stride=64)


def test_two_slices_whose_files_would_be_the_same_are_an_error(trained, tmp_path):
    image = SliceImage(np.zeros((60, 60)), name="a b")
    twice = [image, image.replace(name="a_B")]
    with pytest.raises(ValueError, match=r"two slices are named 'a_B'.*Rename one"):
        map_study(trained[0].pipeline, twice, tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"formats": ["png"]}, "png is none; known are tiff, ome-zarr"),
        ({"formats": "tiff", "out": Path("a.zarr")}, "holds no TIFF files"),
        ({"slices": []}, "no slice to map"),
        ({"slices": ["a.tif"]}, r"slices\[0\] is a str"),
        ({"model": 3}, "must be a fitted Pipeline"),
    ],
)
def test_wrong_arguments_are_named(trained, study, tmp_path, change, message):
    given = {"model": trained[0].pipeline, "slices": study, "out": tmp_path} | change
    with pytest.raises((ValueError, TypeError), match=message):
        map_study(given.pop("model"), given.pop("slices"), given.pop("out"), **given)


def test_a_table_needs_animals(model, study, tmp_path):
    sheet = read_sheet(study)
    with pytest.raises(ValueError, match=r"needs the animal of each slice.*m1_s1"):
        map_study(model, Sheet([Section(sheet[0].image)]), tmp_path, formats="csv")
