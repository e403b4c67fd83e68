"""Tests of sklearn_microarch.drift._appearance."""

import numpy as np
from scipy import ndimage

from sklearn_microarch import Patches, SliceImage
from sklearn_microarch.drift._appearance import count_grey_levels, look_around

CENTRES = [[30, 40], [50, 60], [33, 71]]


def texture(rng):
    return ndimage.gaussian_filter(rng.normal(size=(90, 110)), 1) * 200 + 100


def test_mean_and_contrast_are_those_of_the_patch(rng):
    patches = Patches(texture(rng), CENTRES, 21)
    found = look_around(patches)
    pixels = np.asarray(patches)
    np.testing.assert_allclose(found[:, 0], pixels.mean(axis=(1, 2)), rtol=1e-5)
    np.testing.assert_allclose(found[:, 1], pixels.std(axis=(1, 2)), rtol=1e-4)


def test_only_blur_changes_sharpness(rng):
    sharp = texture(rng)
    usual = look_around(Patches(sharp, CENTRES, 21))[:, 2]
    scaled = look_around(Patches(3 * sharp + 40, CENTRES, 21))[:, 2]
    blurred = ndimage.gaussian_filter(sharp, 2)
    np.testing.assert_allclose(scaled, usual, rtol=1e-3)
    assert (look_around(Patches(blurred, CENTRES, 21))[:, 2] < 0.7 * usual).all()


def test_channels_are_averaged_and_slices_kept_apart(rng):
    one, two = texture(rng), texture(rng) + 50
    both = SliceImage(np.stack([one, two]))
    mean = look_around(Patches(both, CENTRES, 21))
    np.testing.assert_allclose(
        mean, look_around(Patches((one + two) / 2, CENTRES, 21)), rtol=1e-3
    )
    positions = [[0, 30, 40], [1, 30, 40]]
    first, second = look_around(Patches([one, two], positions, 21))[:, 0]
    assert first + 30 < second


def test_a_flat_patch_has_neither_contrast_nor_nan():
    found = look_around(Patches(np.full((50, 50), 7), [[25, 25]], 9))
    np.testing.assert_allclose(found, [[7, 0, 0]], atol=1e-5)


def test_grey_levels_are_those_of_the_most_varied_slice():
    few, many = np.zeros((20, 20), dtype=int), np.arange(400).reshape(20, 20) % 9
    patches = Patches([few, many], [[0, 9, 9], [1, 9, 9]], 5)
    assert count_grey_levels(patches) == 9
    assert count_grey_levels(patches.take([0])) == 1
