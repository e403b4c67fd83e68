"""Tests of sklearn_microarch.sampling._check_patches."""

import numpy as np
import pytest

from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._check_patches import (
    check_image,
    check_images,
    check_positions,
)


def test_images_may_differ_in_their_order_of_bytes():
    images = [np.zeros((7, 9), dtype="<u2"), np.zeros((5, 8), dtype=">u2")]
    assert [image.dtype for image in check_images(images)] == [np.uint16] * 2
    with pytest.raises(TypeError, match="images differ in dtype"):
        check_images([images[0], np.zeros((5, 8), dtype=np.uint8)])


@pytest.mark.parametrize("image", [None, "slice.tif", np.zeros(3), np.full((2, 2), 1j)])
def test_what_is_no_image_is_named(image):
    with pytest.raises((TypeError, ValueError), match=r"^images"):
        check_image(image)


@pytest.mark.parametrize("dtype", ["uint8", ">i2", "int64", ">u8"])
def test_positions_of_any_integer_type_become_int32(dtype):
    images = (SliceImage(np.zeros((7, 9))),)
    found = check_positions(np.array([[3, 4]], dtype=dtype), images, 3, "drop")
    assert found.dtype == np.int32
    assert found.tolist() == [[0, 3, 4]]
    assert check_positions([], images, 3, "drop").shape == (0, 3)


def test_an_unsigned_position_cannot_wrap_around():
    images = (SliceImage(np.zeros((7, 9))),)
    huge = np.array([[2**64 - 1, 4]], dtype=np.uint64)
    with pytest.raises(ValueError, match="positions has 1 centres outside"):
        check_positions(huge, images, 3, "drop")
