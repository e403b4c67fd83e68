"""Tests of sklearn_microarch.features.training._split."""

import numpy as np

from sklearn_microarch.features.training._split import balanced_subset, training_rows
from sklearn_microarch.images import SliceImage
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


def test_subsets_are_balanced_over_specimens_and_slices(rng):
    pixels = np.zeros((60, 60))
    slices = [SliceImage(pixels, specimen=name) for name in ("m1", "m2", "m1", "m3")]
    index = np.repeat([0, 1, 2, 3], [300, 200, 100, 10])
    centres = np.column_stack([index, rng.integers(10, 50, (610, 2))])
    codes = np.tile([0, 1], 305)
    codes[index == 3] = -1
    rows = balanced_subset(codes, 40, rng, Patches(slices, centres, 8))
    assert (np.diff(rows) > 0).all()
    for code in (0, 1):
        own = index[rows[codes[rows] == code]]
        assert np.bincount(own).tolist() == [10, 20, 10]
    # The third has only as many as it has.
    codes[index == 3] = 0
    rows = balanced_subset(codes, 60, rng, Patches(slices, centres, 8))
    own = index[rows[codes[rows] == 0]]
    assert np.bincount(own).tolist() == [13, 25, 12, 10]


def test_rows_of_one_slice_are_drawn_as_plain_rows_are(rng):
    codes = rng.choice([-1, 0, 1], size=300)
    centres = rng.integers(10, 50, (300, 2))
    plain = balanced_subset(codes, 40, np.random.default_rng(5))
    patches = Patches(np.zeros((60, 60)), centres, 8)
    found = balanced_subset(codes, 40, np.random.default_rng(5), patches)
    np.testing.assert_array_equal(found, plain)


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
