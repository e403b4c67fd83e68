"""Tests of sklearn_microarch.sheets.Section."""

import numpy as np
import pytest

from sklearn_microarch import RoiMap, SliceImage
from sklearn_microarch.images import write_tiff
from sklearn_microarch.sheets import Section


@pytest.fixture
def files(tmp_path, rng):
    """Return the paths of a slice and of its outlines, unlike left and right."""
    data = rng.permutation(40 * 60).reshape(40, 60).astype(np.uint16)
    image = SliceImage(data, pixel_size_um=2.0)
    codes = np.zeros((40, 60), dtype=int)
    codes[5:30, 2:20], codes[5:30, 30:45] = 1, 2
    rois = RoiMap(codes, {1: "CTX", 2: "VP"})
    write_tiff(tmp_path / "s1.ome.tif", image)
    rois.write(tmp_path / "s1.geojson", image=image)
    return tmp_path / "s1.ome.tif", tmp_path / "s1.geojson"


def test_the_slice_knows_what_the_section_knows(files):
    section = Section(
        *files, animal="m1", group="control", side="left", z_um=40, details={"sex": "f"}
    )
    image = section.read_image()
    assert (image.name, image.specimen, image.group) == ("s1", "m1", "control")
    assert (image.side, image.z_um, image.details) == ("left", 40.0, {"sex": "f"})
    assert image.pixel_size_um == 2.0


def test_an_animal_that_is_not_known_is_none(files):
    assert Section(files[0]).read_image().specimen is None


@pytest.mark.parametrize(
    "path, name",
    [
        ("s1.ome.tif", "s1"),
        ("s1.svs", "s1"),
        ("a.b.tif", "a.b"),
        ("s1.ome.zarr", "s1"),
        ("s1.nii.gz", "s1"),
        (".tif", ".tif"),
    ],
)
def test_a_section_is_called_after_its_file(path, name):
    assert Section(path).name == name


def test_a_name_of_its_own_goes_to_the_slice(files):
    assert Section(files[0], name="first").read_image().name == "first"


def test_arguments_go_before_what_the_section_says(files):
    section = Section(files[0], pixel_size_um=1.5)
    assert section.read_image().pixel_size_um == 1.5
    assert section.read_image(pixel_size_um=3.0).pixel_size_um == 3.0


def test_a_channel_is_picked(tmp_path):
    data = np.arange(3 * 8 * 9).reshape(3, 8, 9).astype(np.uint8)
    path = write_tiff(tmp_path / "c.tif", SliceImage(data, pixel_size_um=1.0))
    image = Section(path, channel=1).read_image()
    np.testing.assert_array_equal(image.data, data[1])


def test_a_section_on_its_face_is_turned_with_its_annotation(files):
    plain, turned = Section(*files), Section(*files, flip=True)
    image, mirrored = plain.read_image(), turned.read_image()
    np.testing.assert_array_equal(mirrored.data, image.data[:, ::-1])
    codes = plain.read_rois(image).codes
    np.testing.assert_array_equal(turned.read_rois(mirrored).codes, codes[:, ::-1])
    assert "mirrored" in mirrored.notes[-1]


def test_excluded_regions_are_not_annotated(files):
    section = Section(*files, exclude=("VP",))
    assert section.read_rois(section.read_image()).region_names == ["CTX"]


def test_a_region_to_exclude_must_be_there(files):
    section = Section(*files, exclude=("TRN",))
    with pytest.raises(ValueError, match=r"s1\.geojson has no region 'TRN'.*CTX, VP"):
        section.read_rois(section.read_image())


def test_further_settings_go_to_the_reading_of_the_annotation(files):
    section = Section(*files, rois_settings={"scale": 0.5})
    image = section.read_image()
    half, whole = section.read_rois(image), Section(*files).read_rois(image)
    assert half.areas()["CTX"] == pytest.approx(whole.areas()["CTX"] / 4, rel=0.2)


def test_a_section_without_annotation_has_no_regions(files):
    section = Section(files[0])
    assert section.read_rois(section.read_image()) is None


@pytest.mark.parametrize(
    "wrong, error, words",
    [
        ({"side": "up"}, ValueError, "side='up'"),
        ({"animal": 3}, TypeError, "animal=3"),
        ({"z_um": "deep"}, TypeError, "z_um='deep'"),
        ({"pixel_size_um": 0}, ValueError, "pixel_size_um=0"),
        ({"flip": "yes"}, TypeError, "flip='yes'"),
        ({"exclude": "VP"}, TypeError, "exclude='VP'"),
        ({"rois": 3}, TypeError, "rois=3"),
        ({"group": 3}, TypeError, "group=3"),
    ],
)
def test_wrong_arguments_are_named(wrong, error, words):
    with pytest.raises(error, match=words):
        Section("s1.tif", **wrong)


@pytest.mark.parametrize("value", [1j, [1, "x"], np.full((6, 6), 1.0), int])
@pytest.mark.parametrize("name", ["details", "rois_settings"])
def test_what_is_no_mapping_is_named(tmp_path, name, value):
    with pytest.raises(TypeError, match=f"{name}=.* must be a mapping"):
        Section(tmp_path / "a.tif", **{name: value})


@pytest.mark.parametrize("value", [np.zeros(3), np.empty(0), 5, "up"])
def test_a_side_that_is_none_is_named(tmp_path, value):
    with pytest.raises(ValueError, match=r"side=.* must be 'left', 'right' or None"):
        Section(tmp_path / "a.tif", side=value)
