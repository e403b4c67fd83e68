"""Tests of sklearn_microarch.features.novelty._held_out."""

import numpy as np

from sklearn_microarch.features.novelty._held_out import held_out_folds
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import shares_pixels


def test_strips_of_patches_share_no_pixel_with_what_is_learned_from(rng):
    centres = rng.integers(10, 190, (600, 2))
    patches = Patches(np.zeros((200, 200)), centres, 12)
    codes = np.where(centres[:, 1] < 100, 0, 1)
    folds = held_out_folds(patches, codes, seed=0)
    tested = np.concatenate([held_out for _, held_out in folds])
    assert np.sort(tested).tolist() == list(range(600))
    for rows, held_out in folds:
        assert not shares_pixels(patches[rows], patches[held_out]).any()
        assert len(rows) > 200


def test_plain_rows_are_held_out_once_each(rng):
    codes = rng.choice([0, 1, 2], size=90)
    codes[:2] = 3
    folds = held_out_folds(rng.normal(size=(90, 4)), codes, seed=0)
    tested = np.concatenate([held_out for _, held_out in folds])
    assert np.sort(tested).tolist() == list(range(2, 90))
    for rows, held_out in folds:
        # A region of two rows is always learned from.
        assert {0, 1} <= set(rows.tolist())
        assert not np.intersect1d(rows, held_out).size


def test_where_no_region_keeps_rows_nothing_is_held_out(rng):
    assert held_out_folds(rng.normal(size=(4, 4)), np.array([0, 0, 1, 1]), seed=0) == []
    crowded = Patches(np.zeros((40, 40)), [[20, 20], [21, 20], [20, 22], [19, 19]], 16)
    assert held_out_folds(crowded, np.array([0, 0, 1, 1]), seed=0) == []
