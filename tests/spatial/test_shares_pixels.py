"""Tests of sklearn_microarch.sampling._spatial_blocks and _strips."""

import numpy as np
import pytest

from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import (
    count_independent,
    shares_pixels,
    spatial_strips,
    strip_holdout,
)


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


def test_independent_patches_share_no_pixel(rng):
    images = [np.zeros((60, 80)), np.zeros((30, 40))]
    grid = np.array([[0, r, c] for r in range(5, 55, 10) for c in range(5, 75, 10)])
    assert count_independent(Patches(images, grid, 10)) == len(grid)
    assert count_independent(Patches(images, grid, 11, border="reflect")) < len(grid)
    both = Patches(images, [[0, 9, 9], [0, 10, 11], [1, 9, 9], [0, 9, 20]], 10)
    assert count_independent(both) == 3
    assert count_independent(both[:0]) == 0


@pytest.fixture
def two_regions():
    rows, cols = np.mgrid[10:90:3, 10:190:3].reshape(2, -1)
    patches = Patches(np.zeros((100, 200)), np.column_stack([rows, cols]), 12)
    return patches, np.where(cols < 70, "CTX", "VP")


@pytest.mark.parametrize("n_strips", [2, 3, 5])
def test_strips_are_contiguous_and_of_nearly_equal_size(two_regions, n_strips):
    patches, labels = two_regions
    strips = spatial_strips(patches, labels, n_strips)
    for region in ("CTX", "VP"):
        inside = labels == region
        counts = np.bincount(strips[inside], minlength=n_strips)
        assert counts.min() > 0.6 * counts.max()
        spans = []
        for strip in range(n_strips):
            centres = patches.positions[inside & (strips == strip), 1:]
            spans.append((centres.min(axis=0), centres.max(axis=0)))
        # Along one axis, no two strips overlap.
        apart = [
            all(
                a[1][axis] < b[0][axis] or b[1][axis] < a[0][axis]
                for i, a in enumerate(spans)
                for b in spans[:i]
            )
            for axis in (0, 1)
        ]
        assert any(apart)


def test_strips_are_laid_to_keep_more_than_scattered_ones(two_regions):
    patches, labels = two_regions
    strips = spatial_strips(patches, labels, 3)
    test = strips == 0
    kept = ~test & ~shares_pixels(patches, patches[test])
    # Cut along columns from the left, each region's strip stands alone.
    cols = patches.positions[:, 2]
    left = (cols < 30) | ((cols >= 70) & (cols < 110))
    kept_scattered = ~left & ~shares_pixels(patches, patches[left])
    assert kept.mean() > kept_scattered.mean()


def test_held_out_rows_share_no_pixel_with_training_rows(two_regions):
    patches, labels = two_regions
    train, held_out = strip_holdout(patches, labels, share=0.2)
    assert not shares_pixels(patches[train], patches[held_out]).any()
    assert set(labels[held_out]) == {"CTX", "VP"}
    assert 0.1 < len(held_out) / len(patches) < 0.3


def test_nothing_is_held_out_where_a_region_would_lose_too_much(two_regions):
    patches, labels = two_regions
    tiny = (labels == "VP") | (patches.positions[:, 2] < 22)
    train, held_out = strip_holdout(patches[tiny], labels[tiny], share=0.5)
    assert len(held_out) == 0
    assert len(train) == tiny.sum()
