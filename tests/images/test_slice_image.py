"""Tests of sklearn_microarch.images._slice_image."""

import pickle

import joblib
import numpy as np
import pytest

from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._slice_image import as_slice_image


def test_the_data_are_not_copied(grey):
    assert SliceImage(grey).data is grey


def test_a_memory_map_stays_one(tmp_path, grey):
    np.save(tmp_path / "slice.npy", grey)
    mapped = np.load(tmp_path / "slice.npy", mmap_mode="r")
    assert isinstance(SliceImage(mapped).data, np.memmap)


@pytest.mark.parametrize(
    "shape, size, n_channels", [((4, 7), (4, 7), None), ((3, 4, 7), (4, 7), 3)]
)
def test_shape_is_that_of_the_picture_and_channels_come_first(shape, size, n_channels):
    image = SliceImage(np.zeros(shape))
    assert (image.shape, image.n_channels) == (size, n_channels)


@pytest.mark.parametrize(
    "data, error, message",
    [
        (np.zeros(5), ValueError, r"shape \(5,\)"),
        (np.zeros((0, 5)), ValueError, "empty"),
        (np.zeros((40, 50, 3)), ValueError, "channels last"),
        (np.zeros((4, 5), complex), TypeError, "complex128"),
        (np.array([["a"]]), TypeError, "dtype <U1"),
    ],
)
def test_what_is_no_picture_is_an_error_that_says_why(data, error, message):
    with pytest.raises(error, match=message):
        SliceImage(data)


@pytest.mark.parametrize(
    "size, error",
    [
        (0, ValueError),
        (-1.0, ValueError),
        (np.nan, ValueError),
        (np.inf, ValueError),
        (10**400, ValueError),
        ("1", TypeError),
        (True, TypeError),
        (np.True_, TypeError),
    ],
)
def test_a_pixel_size_is_a_positive_number(size, error):
    with pytest.raises(error, match="pixel_size_um="):
        SliceImage(np.zeros((4, 5)), pixel_size_um=size)


def test_replace_keeps_the_other_fields(grey):
    image = SliceImage(grey, 1.17, name="z159", specimen="mouse").replace(data=grey.T)
    assert image.shape == (90, 70)
    assert (image.pixel_size_um, image.name, image.specimen) == (1.17, "z159", "mouse")


def test_an_image_passes_through_and_an_array_is_wrapped(grey):
    image = SliceImage(grey)
    assert as_slice_image(image) is image
    assert as_slice_image(grey).data is grey


def test_an_image_is_not_rows_to_pick_from(grey):
    for pick in (lambda image: image[:2], list):
        with pytest.raises(TypeError, match=r"PatchSampler\(\)\.sample\(image, rois\)"):
            pick(SliceImage(grey))


def test_pickling_does_not_change_the_hash_of_one_channel(grey):
    one_row = grey[None, ::2][:, :1]
    for data in (grey[None], np.moveaxis(grey[..., None], -1, 0), one_row):
        image = SliceImage(data)
        assert np.shares_memory(image.data, grey)
        assert joblib.hash(image) == joblib.hash(pickle.loads(pickle.dumps(image)))


def test_the_place_in_the_full_resolution_is_kept(tmp_path):
    plain = SliceImage(np.arange(12).reshape(3, 4), pixel_size_um=2)
    image = plain.replace(downsample=4, crop=(8, 3), notes=["level 2 of 3"])
    assert (image.downsample, image.crop) == (4.0, (8, 3))
    again = pickle.loads(pickle.dumps(image.replace(name="a")))
    assert (again.downsample, again.crop) == (4.0, (8, 3))
    assert again.notes == ("level 2 of 3",)
    assert "downsampled by 4, cropped from row 8 and column 3" in repr(image)
    assert set(plain.__getstate__()) == {"data", "pixel_size_um", "name", "specimen"}
    assert joblib.hash(image) != joblib.hash(plain)
    assert joblib.hash(image.replace(downsample=1, crop=[0, 0], notes=())) == (
        joblib.hash(plain)
    )
    assert pickle.loads(pickle.dumps(plain)).crop == (0, 0)


@pytest.mark.parametrize(
    "field, value, error",
    [
        ("downsample", 0, ValueError),
        ("downsample", "2", TypeError),
        ("crop", (1,), TypeError),
        ("crop", (-1, 0), ValueError),
        ("crop", (0.5, 0), TypeError),
        ("notes", "words", TypeError),
    ],
)
def test_a_wrong_place_is_named(field, value, error):
    with pytest.raises(error, match=f"{field}="):
        SliceImage(np.zeros((3, 4)), **{field: value})


@pytest.mark.parametrize(
    "specimen, known",
    [
        ("m1", "m1"),
        (np.str_("m1"), "m1"),
        (7, "7"),
        (np.int64(0), "0"),
        ("", None),
        (None, None),
    ],
)
def test_animals_may_be_numbered(grey, specimen, known):
    image = SliceImage(grey, specimen=specimen, name=3)
    assert image.specimen == known
    assert known is None or type(image.specimen) is str
    assert image.name == "3"
    # As what is read of a sheet, in which all are words.
    other = SliceImage(grey, specimen=known, name="3")
    assert joblib.hash(image) == joblib.hash(other)


@pytest.mark.parametrize("value", [["m1"], b"m1", np.nan, 3.5, True])
@pytest.mark.parametrize("argument", ["specimen", "name"])
def test_what_names_no_animal_is_refused(grey, argument, value):
    with pytest.raises(TypeError, match=f"{argument}=.* must be a word or a whole"):
        SliceImage(grey, **{argument: value})
