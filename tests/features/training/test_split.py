"""Tests of sklearn_microarch.features.training._split."""

import numpy as np

from sklearn_microarch.features.training._split import balanced_subset, training_rows
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import shares_pixels


def test_subsets_are_balanced_in_order_and_without_unannotated_rows(rng):
    codes = rng.choice([-1, 0, 1, 2], size=500, p=[0.2, 0.6, 0.15, 0.05])
    rows = balanced_subset(codes, 40, rng)
    assert (np.diff(rows) > 0).all()
    counts = np.bincount(codes[rows])
    assert counts.tolist() == [40, 40, min(40, (codes == 2).sum())]
    everything = balanced_subset(codes, None, rng)
    np.testing.assert_array_equal(everything, np.flatnonzero(codes >= 0))


def test_validation_rows_lie_apart_from_training_rows(rng):
    centres = rng.integers(10, 190, (600, 2))
    patches = Patches(np.zeros((200, 200)), centres, 12)
    codes = np.where(centres[:, 1] < 100, 0, 1)
    codes[::9] = -1
    train, valid = training_rows(
        patches, codes, max_per_class=None, spatial=True, seed=0
    )
    assert len(valid) > 40
    assert not shares_pixels(patches[train], patches[valid]).any()
    assert (codes[np.append(train, valid)] >= 0).all()
    _, none = training_rows(patches, codes, max_per_class=None, spatial=False, seed=0)
    assert len(none) == 0
