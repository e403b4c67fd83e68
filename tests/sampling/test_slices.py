"""Tests of sklearn_microarch.sampling._slices."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sklearn_microarch.exceptions import NonFiniteImageError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._slices import (
    called_together,
    check_channels,
    check_fitted_dtype,
    check_large_enough,
    check_not_a_map,
    check_slices,
)


def test_one_image_or_several_become_slices_of_a_pixel_size():
    plain, known = np.zeros((7, 9)), SliceImage(np.zeros((5, 8)), pixel_size_um=1.17)
    found = check_slices([plain, known], pixel_size_um=1.17)
    assert [image.pixel_size_um for image in found] == [1.17, 1.17]
    assert [image.shape for image in found] == [(7, 9), (5, 8)]
    assert check_slices(known, pixel_size_um=None) == (known,)


@pytest.mark.parametrize(
    "images, error, message",
    [
        ("slice.tif", TypeError, "images is a path"),
        ([Path("slice.tif")], TypeError, "images is a path"),
        (None, TypeError, "images has dtype object"),
        (np.zeros(7), ValueError, r"images: data has shape \(7,\)"),
        (np.zeros((3, 7, 9)), ValueError, r"images holds an array of shape \(3, 7, 9"),
        ([], ValueError, "images is empty"),
        (np.full((7, 9), "a"), TypeError, "images has dtype <U1"),
        ([[1, 2], [3]], ValueError, "images"),
        (torch.ones((7, 9), requires_grad=True), TypeError, "images is"),
        (np.ma.masked_array(np.zeros((7, 9)), True), TypeError, "images is a masked"),
        (np.full((7, 9), np.nan), NonFiniteImageError, "image of shape"),
    ],
)
def test_what_is_no_slice_is_named(images, error, message):
    with pytest.raises(error, match=message):
        check_slices(images, pixel_size_um=1.17)


def test_small_images_are_refused_where_patches_must_lie_inside():
    image = SliceImage(np.zeros((7, 9)))
    check_large_enough(image, 7, "drop")
    check_large_enough(image, 8, "reflect")
    with pytest.raises(ValueError, match=r"the image of shape \(7, 9\) is smaller"):
        check_large_enough(image, 8, "drop")


def test_the_order_of_bytes_is_no_other_dtype():
    image = SliceImage(np.zeros((7, 9), dtype=">u2"), name="z1")
    check_fitted_dtype(image, np.dtype("uint16"), "otsu")
    check_fitted_dtype(image, None, "otsu")
    check_fitted_dtype(image, np.dtype("uint8"), "auto")
    with pytest.raises(TypeError, match=r"'z1' has dtype uint16, but .* uint8"):
        check_fitted_dtype(image, np.dtype("uint8"), "otsu")


def test_channels_that_the_model_does_not_know_are_refused_in_those_words():
    grey, rgb = SliceImage(np.zeros((7, 9))), SliceImage(np.zeros((3, 7, 9)))
    check_channels(grey, (5, 5))
    check_channels(rgb, (3, 5, 5))
    with pytest.raises(ValueError, match=r"3 channels, the model knows 1: choose one"):
        check_channels(rgb, (5, 5))
    with pytest.raises(ValueError, match=r"1 channel, the model knows 3: give it 3"):
        check_channels(grey, (3, 5, 5))
    with pytest.raises(ValueError, match=r"1 channel as an axis of its own"):
        check_channels(SliceImage(np.zeros((1, 7, 9))), (5, 5))


def test_only_plain_arrays_take_the_pixel_size_where_that_is_asked_for():
    found = check_slices(
        [np.zeros((7, 9)), SliceImage(np.zeros((7, 9)))],
        pixel_size_um=1.17,
        arrays_only=True,
    )
    assert [image.pixel_size_um for image in found] == [1.17, None]


def test_labels_in_the_shape_of_a_map_are_refused():
    check_not_a_map(np.zeros((7, 1)))
    with pytest.raises(TypeError, match=r"y has shape \(7, 9\), as a map"):
        check_not_a_map(np.zeros((7, 9)))


def test_several_slices_are_called_by_the_names_of_the_first_three():
    slices = [SliceImage(np.zeros((7, 9)), name=name) for name in ("a", "b", "", "d")]
    assert called_together(slices[:1]) == "image 'a'"
    assert called_together(slices[:2]) == "image 'a' and image 'b'"
    assert called_together(slices[2:3]) == "the image"
    assert called_together(slices) == "image 'a', image 'b', the image and 1 more"
