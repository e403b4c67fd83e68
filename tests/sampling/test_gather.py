"""Tests of sklearn_microarch.sampling._gather."""

import numpy as np
import pytest

from sklearn_microarch.sampling._gather import gather_patches, read_region


@pytest.mark.parametrize("mode", ["constant", "reflect"])
def test_regions_beyond_the_image_are_filled_as_numpy_pads(rng, mode):
    image = rng.normal(size=(2, 7, 9))
    padded = np.pad(image, [(0, 0), (5, 5), (5, 5)], mode=mode)
    found = read_region(image, range(-3, 10), range(-5, 14), mode)
    np.testing.assert_array_equal(found, padded[:, 2:15, :19])


def test_a_region_inside_is_a_view(rng):
    image = rng.normal(size=(7, 9))
    found = read_region(image, range(1, 5), range(2, 9), "drop")
    assert np.shares_memory(found, image)
    np.testing.assert_array_equal(found, image[1:5, 2:9])


def test_patches_inside_and_over_the_border_come_in_the_order_of_their_centres(rng):
    image = rng.integers(1, 99, size=(7, 9)).astype(np.uint8)
    rows, cols = np.array([0, 3, 6]), np.array([8, 4, 0])
    found = gather_patches(image, rows, cols, 3, "constant")
    assert found.dtype == np.uint8
    padded = np.pad(image, 1)
    for at, (row, col) in enumerate(zip(rows, cols, strict=True)):
        np.testing.assert_array_equal(found[at], padded[row : row + 3, col : col + 3])


def test_an_image_of_one_pixel_mirrors_to_itself():
    found = gather_patches(np.array([[7]]), np.array([0]), np.array([0]), 4, "reflect")
    assert (found == 7).all()
