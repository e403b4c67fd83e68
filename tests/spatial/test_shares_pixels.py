"""Tests of sklearn_microarch.spatial._shares_pixels."""

import numpy as np
import pytest

from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import shares_pixels


def covered(patches, row):
    """Return the pixels of one patch, as a set."""
    index, r, c = patches.positions[row].tolist()
    top, left = r - patches.patch_size // 2, c - patches.patch_size // 2
    return {
        (index, top + i, left + j)
        for i in range(patches.patch_size)
        for j in range(patches.patch_size)
    }


@pytest.mark.parametrize("size, other_size", [(6, 6), (7, 7), (6, 9), (9, 4)])
def test_sharing_is_found_to_the_pixel(rng, size, other_size):
    images = [np.zeros((50, 60)), np.zeros((40, 30))]

    def draw(n, size):
        first = np.column_stack([np.zeros(n), rng.integers(10, 40, (n, 2))])
        second = np.column_stack([np.ones(n), rng.integers(10, 25, (n, 2))])
        return Patches(images, np.concatenate([first, second]).astype(int), size)

    patches, others = draw(60, size), draw(4, other_size)
    taken = set().union(*(covered(others, row) for row in range(len(others))))
    expected = [bool(covered(patches, row) & taken) for row in range(len(patches))]
    assert shares_pixels(patches, others).tolist() == expected
    assert 0 < sum(expected) < len(patches)


def test_mirrored_pixels_are_shared_pixels(rng):
    image = np.arange(30 * 40).reshape(30, 40)
    centres = np.column_stack([rng.integers(0, 30, 80), rng.integers(0, 40, 80)])
    patches = Patches(image, centres, 12, border="reflect")
    others = patches[:2]
    taken = np.unique(np.asarray(others))
    expected = [bool(np.isin(patch, taken).any()) for patch in patches]
    # Pixels between those shown count as shown: a patch is one rectangle.
    assert (shares_pixels(patches, others) >= expected).all()
    assert shares_pixels(patches, others).sum() <= 1.05 * sum(expected)
    large = Patches(image, centres, 70, border="reflect")
    assert shares_pixels(large, large[:1]).all()


def test_other_images_are_refused(rng):
    with pytest.raises(ValueError, match="other images"):
        shares_pixels(
            Patches(np.zeros((9, 9)), [[4, 4]], 3),
            Patches(np.ones((9, 9)), [[4, 4]], 3),
        )
