"""Tests of sklearn_microarch.spatial._spatial_strips."""

import numpy as np
import pytest

from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import shares_pixels, spatial_strips


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
