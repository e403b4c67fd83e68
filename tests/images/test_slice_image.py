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
