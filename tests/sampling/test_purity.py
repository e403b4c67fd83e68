"""Tests of sklearn_microarch.sampling._purity."""

import numpy as np
import pytest

from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._purity import (
    box_count,
    candidate_centres,
    centres_off_the_rim,
    check_stride,
    keep_whole_patches,
)


@pytest.mark.parametrize("before, size", [(0, 1), (2, 5), (1, 4), (7, 3)])
def test_windows_are_counted_with_nothing_outside(rng, before, size):
    mask = rng.uniform(size=(7, 9)) < 0.5
    padded = np.pad(mask, size + before)
    expected = np.empty(mask.shape, dtype=int)
    for row in range(7):
        for col in range(9):
            top, left = row + size, col + size
            expected[row, col] = padded[top : top + size, left : left + size].sum()
    found = box_count(mask, before, size)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("size", [1, 4, 5, 7, 8])
def test_centres_whose_patch_reaches_over_the_border_are_dropped(size):
    kept = keep_whole_patches(np.ones((7, 9), dtype=bool), size, "drop")
    rows, cols = np.nonzero(kept)
    assert len(rows) == max(0, 7 - size + 1) * max(0, 9 - size + 1)
    if len(rows):
        assert rows.min() == cols.min() == size // 2


def test_other_borders_drop_nothing():
    assert keep_whole_patches(np.ones((7, 9), dtype=bool), 8, "reflect").all()


def test_a_centre_lies_in_the_region_and_its_window_is_pure_enough():
    inside = np.zeros((9, 12), dtype=bool)
    inside[2:7, 3:9] = True
    pure = candidate_centres(
        inside, patch_size=6, purity_window=0.5, min_purity=1.0, border="constant"
    )
    # A window of three pixels keeps one pixel off each side.
    expected = np.zeros_like(inside)
    expected[3:6, 4:8] = True
    assert pure.sum() == expected.sum()
    any_centre = candidate_centres(
        inside, patch_size=6, purity_window=0.5, min_purity=0.0, border="constant"
    )
    np.testing.assert_array_equal(any_centre, inside)


@pytest.mark.parametrize("stride", [0, -3, True, 1.0, "2", None, 10**27])
def test_a_stride_is_a_whole_number_of_pixels(stride):
    with pytest.raises((TypeError, ValueError), match="step="):
        check_stride(stride, name="step")


@pytest.mark.parametrize("border", ["drop", "constant", "reflect"])
@pytest.mark.parametrize("share, size", [(0.6, 7), (0.75, 8), (1.0, 8), (0.9, 23)])
def test_a_patch_off_the_rim_shows_as_much_tissue_as_is_asked(rng, border, share, size):
    tissue = np.zeros((28, 35), dtype=bool)
    tissue[:, :22] = rng.random((28, 22)) < 0.97
    found = centres_off_the_rim(
        tissue, patch_size=size, min_tissue=share, border=border
    )
    centres = np.argwhere(keep_whole_patches(tissue, size, border))
    shown = np.asarray(Patches(tissue.astype(np.uint8), centres, size, border=border))
    wanted = centres[shown.mean(axis=(1, 2)) >= share - 1e-12]
    np.testing.assert_array_equal(np.argwhere(found), wanted)
    # Where the slice is mirrored, its edge is no rim.
    assert found[:, 0].any() == (border == "reflect" and share < 1)
