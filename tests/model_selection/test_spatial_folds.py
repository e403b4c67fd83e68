"""Tests of sklearn_microarch.model_selection._spatial_folds: the rule itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_microarch import Patches, SpatialBlockKFold, SpatialBlockShuffleSplit
from sklearn_microarch.images import SliceImage
from sklearn_microarch.model_selection._spatial_folds import (
    empty_regions,
    name_empty,
    separate_folds,
)
from sklearn_microarch.spatial import spatial_strips
from sklearn_microarch.spatial._separation import separation_of
from sklearn_microarch.spatial._spatial_strips import random_strip

PIXEL_SIZE_UM = 2.0


@st.composite
def sampled_slices(draw):
    """Return patches of some slices, their labels, heights and a buffer."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    n_images, size = draw(st.integers(1, 3)), draw(st.integers(1, 9))
    n, n_regions = draw(st.integers(2, 60)), draw(st.integers(1, 3))
    spread = draw(st.sampled_from([4, 20, 60]))
    specimens = draw(
        st.lists(
            st.sampled_from(["a", "b", None]), min_size=n_images, max_size=n_images
        )
    )
    images = [
        SliceImage(np.zeros((90, 80)), pixel_size_um=PIXEL_SIZE_UM, specimen=specimen)
        for specimen in specimens
    ]
    centres = np.column_stack(
        [
            rng.integers(0, n_images, n),
            rng.integers(9, 10 + spread, n),
            rng.integers(9, 10 + spread, n),
        ]
    )
    known = draw(st.booleans())
    z_um = rng.integers(0, 40, n_images).astype(float) if known else None
    labels = rng.integers(0, n_regions, n)
    return Patches(images, centres, size), labels, z_um, draw(st.integers(0, 8))


def too_near(patches, z_um, buffer):
    """Return which pairs of patches are not separate, one pair at a time."""
    n, reach = len(patches), patches.patch_size + buffer
    found = np.zeros((n, n), dtype=bool)
    for i, (a, row, col) in enumerate(patches.positions.tolist()):
        for j, (b, other_row, other_col) in enumerate(patches.positions.tolist()):
            same = patches.images[a].specimen == patches.images[b].specimen
            if z_um is not None and abs(z_um[a] - z_um[b]) >= reach * PIXEL_SIZE_UM:
                same = False
            beside = abs(row - other_row) < reach and abs(col - other_col) < reach
            found[i, j] = same and beside
    return found


def assert_separate(folds, patches, z_um, buffer):
    near = too_near(patches, z_um, buffer)
    for train, test in folds:
        assert not near[np.ix_(train, test)].any()
        dropped = np.setdiff1d(np.arange(len(patches)), np.append(train, test))
        assert len(dropped) + len(train) + len(test) == len(patches)
        # Nothing is dropped without need.
        assert near[np.ix_(dropped, test)].any(axis=1).all()


def folds_or_refusal(cv, patches, labels, groups):
    """Return the folds and "", or nothing and why none can be made."""
    try:
        return list(cv.split(patches, labels, groups)), ""
    except ValueError as error:
        return [], str(error)


@settings(max_examples=40, deadline=None)
@given(sampled_slices(), st.integers(2, 5))
def test_no_training_patch_is_near_a_test_patch_of_its_strip(sampled, n_strips):
    patches, labels, z_um, buffer = sampled
    separation = separation_of(patches, buffer=buffer, z_um=z_um)
    strips = spatial_strips(patches, labels, n_strips, separation=separation)
    tested = [strips == strip for strip in range(n_strips)]
    folds = separate_folds(patches, tested, separation)
    assert_separate(folds, patches, z_um, buffer)
    drawn = random_strip(
        patches, labels, 0.3, np.random.RandomState(0), separation=separation
    )
    assert drawn.any()
    assert_separate(separate_folds(patches, [drawn], separation), patches, z_um, buffer)


@settings(max_examples=40, deadline=None)
@given(sampled_slices(), st.integers(2, 5), st.booleans())
@pytest.mark.filterwarnings("ignore::sklearn_microarch.exceptions.FewerFoldsWarning")
def test_folds_are_whole_or_refused_for_a_reason(sampled, n_splits, by_group):
    patches, labels, z_um, buffer = sampled
    groups = patches.positions[:, 0] if by_group else None
    cv = SpatialBlockKFold(n_splits, buffer=buffer, z_um=z_um)
    folds, refusal = folds_or_refusal(cv, patches, labels, groups)
    if refusal:
        if not by_group:
            separation = separation_of(patches, buffer=buffer, z_um=z_um)
            strips = spatial_strips(patches, labels, 2, separation=separation)
            tested = [strips == 0, strips == 1]
            folds = separate_folds(patches, tested, separation)
            assert f"region {empty_regions(labels, folds)[0][1]}" in refusal
        else:
            assert "region" in refusal or "one group only" in refusal
        return
    assert 2 <= len(folds) <= n_splits
    assert len(folds) == cv.get_n_splits(patches, labels, groups)
    assert_separate(folds, patches, z_um, buffer)
    tested = np.concatenate([test for _, test in folds])
    assert sorted(tested) == list(range(len(patches)))
    for rows in (rows for fold in folds for rows in fold):
        assert set(labels[rows]) == set(labels)
    if by_group:
        for _, test in folds:
            assert not set(groups[test]) & set(np.delete(groups, test))


@settings(max_examples=15, deadline=None)
@given(sampled_slices(), st.floats(0.05, 0.6))
def test_random_strips_are_whole_or_refused(sampled, test_size):
    patches, labels, z_um, buffer = sampled
    cv = SpatialBlockShuffleSplit(
        2, test_size=test_size, buffer=buffer, z_um=z_um, random_state=0
    )
    folds, refusal = folds_or_refusal(cv, patches, labels, None)
    if refusal:
        assert "region" in refusal
        return
    assert len(folds) == cv.get_n_splits(patches, labels) == 2
    assert_separate(folds, patches, z_um, buffer)
    for rows in (rows for fold in folds for rows in fold):
        assert set(labels[rows]) == set(labels)


def test_missing_rows_are_named_once():
    labels = np.array(["CTX", "VP", "VP", "ZI"])
    folds = [(np.array([0, 1]), np.array([2])), (np.array([1]), np.array([0, 2, 3]))]
    empty = empty_regions(labels, folds)
    assert empty == [
        ("training", "ZI"),
        ("test", "CTX"),
        ("test", "ZI"),
        ("training", "CTX"),
    ]
    assert name_empty(empty[:2]) == (
        "training rows of region 'ZI' or test rows of region 'CTX'"
    )
