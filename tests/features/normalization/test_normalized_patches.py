"""Patches and blocks of a slice become the same numbers; borders are filled after."""

import numpy as np
import pytest

from sklearn_microarch import SliceImage
from sklearn_microarch.features.normalization._exposure import Exposure, profiles_of
from sklearn_microarch.features.normalization._normalized_patches import (
    NormalizedPatches,
)
from sklearn_microarch.images import measure_grey_levels
from sklearn_microarch.sampling import Patches

SIZE = 8


class _Fixed:
    """Stands in for a normalizer: every slice has one exposure."""

    def __init__(self, n_channels):
        self.exposure = Exposure(
            np.array([1.3, 0.7])[:n_channels],
            np.array([12.0, -5.0])[:n_channels],
            np.array([[0.1, 0.2, -0.1, 0.05], [0, -0.2, 0, 0]])[:n_channels],
        )

    def profiles(self, image):
        return profiles_of(self.exposure, image, measure_grey_levels(image))


def _patches(rng, shape, border):
    image = SliceImage(rng.integers(0, 255, size=shape).astype(np.uint8))
    rows, cols = np.meshgrid(np.arange(20), np.arange(30), indexing="ij")
    centres = np.column_stack([rows.ravel(), cols.ravel()])
    if border == "drop":
        half = SIZE // 2
        inside = ((centres >= half) & (centres + half <= [20, 30])).all(axis=1)
        centres = centres[inside]
    patches = Patches(image, centres, SIZE, border=border)
    n_channels = image.n_channels or 1
    return NormalizedPatches.of(patches, _Fixed(n_channels))


@pytest.mark.parametrize("border", ["drop", "constant", "reflect"])
@pytest.mark.parametrize("shape", [(20, 30), (1, 20, 30), (2, 20, 30)])
def test_patch_by_patch_equals_a_block_to_the_bit(rng, shape, border):
    normalized = _patches(rng, shape, border)
    found = np.asarray(normalized)
    assert found.dtype == np.float32
    margin = 0 if border == "drop" else SIZE
    rows, cols = range(-margin, 20 + margin), range(-margin, 30 + margin)
    block = normalized.region(0, rows, cols)
    for patch, (_, row, col) in zip(found, normalized.positions, strict=True):
        top, left = row - SIZE // 2 + margin, col - SIZE // 2 + margin
        expected = block[:, top : top + SIZE, left : left + SIZE]
        np.testing.assert_array_equal(patch, expected.reshape(patch.shape))


def test_an_exposure_is_removed(rng):
    normalized = _patches(rng, (20, 30), "drop")
    image = normalized.images[0]
    rows = np.exp(np.array([0.1, 0.2]) @ _powers(20))
    cols = np.exp(np.array([-0.1, 0.05]) @ _powers(30))
    levels = (image.data - 12.0) / (1.3 * rows[:, None] * cols)
    block = normalized.region(0, range(20), range(30))
    np.testing.assert_allclose(block[0], levels, rtol=1e-4, atol=1e-3)


def _powers(length):
    place = 2 * (np.arange(length) + 0.5) / length - 1
    return np.stack([place, place**2])


def test_what_lies_beyond_a_border_is_filled_after_the_normalization(rng):
    normalized = _patches(rng, (20, 30), "constant")
    corner = np.asarray(normalized.take([0]))[0]
    assert (corner[: SIZE // 2] == 0).all()
    assert (corner[:, : SIZE // 2] == 0).all()
    assert (corner[SIZE // 2 :, SIZE // 2 :] != 0).any()


def test_a_mirrored_border_mirrors_normalized_levels(rng):
    normalized = _patches(rng, (20, 30), "reflect")
    block = normalized.region(0, range(-5, 20), range(30))[0]
    np.testing.assert_array_equal(block[4], block[6])


def test_rows_that_are_taken_are_normalized_too(rng):
    normalized = _patches(rng, (20, 30), "drop")
    np.testing.assert_array_equal(
        np.asarray(normalized.take([5, 2])), np.asarray(normalized)[[5, 2]]
    )
