"""Tests of sklearn_microarch.model_selection._leave_one_region_out."""

import numpy as np
import pytest

from sklearn_microarch import Patches, SliceImage
from sklearn_microarch.model_selection import leave_one_region_out
from sklearn_microarch.spatial import separation_of, shares_pixels


@pytest.fixture
def annotated(rng):
    """Return patches of three regions and of what is between, and their labels."""
    centres = rng.integers(8, [92, 292], (500, 2))
    image = SliceImage(np.zeros((100, 300)), pixel_size_um=2.0)
    labels = np.select(
        [centres[:, 1] < 90, centres[:, 1] < 110, centres[:, 1] < 200],
        [4, -1, 7],
        default=9,
    )
    return Patches(image, centres, 12), labels


@pytest.mark.parametrize("buffer", [0, 9])
def test_no_training_patch_is_near_the_region_withheld(annotated, buffer):
    patches, labels = annotated
    found = list(leave_one_region_out(patches, labels, unannotated=-1, buffer=buffer))
    assert [region for region, _, _ in found] == [4, 7, 9]
    separation = separation_of(patches, buffer=buffer)
    for region, train, withheld in found:
        np.testing.assert_array_equal(withheld, np.flatnonzero(labels == region))
        hidden = patches.take(withheld)
        assert not shares_pixels(
            patches.take(train), hidden, separation=separation
        ).any()
        # Nothing else is lost.
        near = shares_pixels(patches, hidden, separation=separation)
        np.testing.assert_array_equal(train, np.flatnonzero(~near))


def test_unannotated_rows_that_are_far_enough_are_trained_on(annotated):
    patches, labels = annotated
    ((_, train, _),) = leave_one_region_out(
        patches, labels, regions=[9], unannotated=-1
    )
    kept = set(train.tolist()) & set(np.flatnonzero(labels == -1).tolist())
    assert kept == set(np.flatnonzero(labels == -1).tolist())
    for region, train, _ in leave_one_region_out(patches, labels, unannotated=-1):
        left = np.intersect1d(train, np.flatnonzero(labels == -1))
        assert (len(left) < len(kept)) == (region in (4, 7))


def test_a_buffer_in_micrometres_is_one_in_pixels(annotated):
    patches, labels = annotated
    in_pixels = list(leave_one_region_out(patches, labels, unannotated=-1, buffer=8))
    in_um = list(leave_one_region_out(patches, labels, unannotated=-1, buffer_um=16))
    for one, other in zip(in_pixels, in_um, strict=True):
        np.testing.assert_array_equal(one[1], other[1])


def test_the_same_place_of_a_near_slice_is_left_out_too():
    slices = [SliceImage(np.zeros((40, 120)), 2.0, specimen="m") for _ in range(2)]
    centres = [[at, 20, col] for at in range(2) for col in range(8, 105, 7)]
    patches = Patches(slices, centres, 16)
    labels = np.tile(np.repeat(["CTX", "VP", "ZI"], [4, 4, 6]), 2)
    labels[14:18] = "ZI"  # the annotator of the second slice missed CTX there
    ((_, train, _),) = leave_one_region_out(patches, labels, regions=["CTX"])
    assert not np.isin([14, 15, 16, 17], train).any()
    ((_, train, _),) = leave_one_region_out(
        patches, labels, regions=["CTX"], z_um=[0, 500]
    )
    assert np.isin([14, 15, 16, 17], train).all()


def test_what_cannot_be_withheld_is_said_before_the_first(annotated):
    patches, labels = annotated
    with pytest.raises(ValueError, match=r"regions=\[5\] must name.*\[4, 7, 9\]"):
        leave_one_region_out(patches, labels, regions=[5], unannotated=-1)
    beside = np.where(patches.positions[:, 2] < 215, 5, labels)
    with pytest.raises(ValueError, match=r"without region 5.*no row of \[9\].*Merge"):
        leave_one_region_out(
            patches, np.where(labels < 9, labels, beside), regions=[5], buffer=70
        )
    two = np.where(labels == 9, 7, labels)
    with pytest.raises(ValueError, match="fewer than two are left"):
        leave_one_region_out(patches, two, unannotated=-1)
    with pytest.raises(TypeError, match="needs Patches"):
        leave_one_region_out(np.zeros((3, 4, 4)), [1, 2, 3])
