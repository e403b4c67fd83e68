"""Tests of sklearn_microarch.spatial._strip_holdout."""

import numpy as np
import pytest

from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import shares_pixels, strip_holdout


@pytest.fixture
def two_regions():
    rows, cols = np.mgrid[10:90:3, 10:190:3].reshape(2, -1)
    patches = Patches(np.zeros((100, 200)), np.column_stack([rows, cols]), 12)
    return patches, np.where(cols < 70, "CTX", "VP")


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
