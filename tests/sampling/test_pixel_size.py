"""Tests of sklearn_microarch.sampling._pixel_size."""

import numpy as np
import pytest

from sklearn_microarch.exceptions import PixelSizeMismatchError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.sampling._pixel_size import (
    check_same_pixel_size,
    common_pixel_size,
    patch_size_in_pixels,
)


def of_size(pixel_size_um):
    return SliceImage(np.zeros((7, 9)), pixel_size_um=pixel_size_um)


def test_micrometres_are_rounded_to_pixels_and_at_least_one():
    assert patch_size_in_pixels(PatchSampler(patch_size_um=150.0), 1.17) == 128
    assert patch_size_in_pixels(PatchSampler(patch_size_um=0.1), 1.17) == 1
    assert patch_size_in_pixels(PatchSampler(33), None) == 33


@pytest.mark.parametrize("size, pixel", [(1e300, 1.0), (1.0, 1e-300), (1e308, 1e-9)])
def test_more_pixels_than_any_image_has_are_refused(size, pixel):
    with pytest.raises(ValueError, match=r"patch_size_um=.* more than any image has"):
        patch_size_in_pixels(PatchSampler(patch_size_um=size), pixel)


def test_the_common_pixel_size_is_the_first_that_is_known():
    assert common_pixel_size([of_size(None), of_size(1.17), of_size(1.175)]) == 1.17
    assert common_pixel_size([of_size(None)]) is None


def test_pixel_sizes_agree_within_a_hundredth():
    check_same_pixel_size(of_size(1.009), 1.0)
    check_same_pixel_size(of_size(None), 1.0)
    with pytest.raises(PixelSizeMismatchError, match=r"0\.99 times as large"):
        check_same_pixel_size(of_size(1.011), 1.0)
