"""Tests of sklearn_microarch.model_selection._spatial_block_shuffle_split."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import cross_val_score

from sklearn_microarch import Patches, SpatialBlockShuffleSplit
from sklearn_microarch.images import SliceImage
from sklearn_microarch.spatial import shares_pixels
from sklearn_microarch.spatial._separation import separation_of


@pytest.fixture
def patches_and_labels(rng):
    """Return patches over one slice, with a large region and a small one."""
    image = SliceImage(np.zeros((120, 200)), pixel_size_um=2.0)
    centres = np.column_stack([rng.integers(6, 114, 900), rng.integers(6, 194, 900)])
    rows, cols = centres.T
    small = (rows > 70) & (cols > 140) & (cols < 180)
    return Patches(image, centres, 9), np.where(small, "TRN", "CTX")


def test_strips_are_contiguous_random_and_of_the_size_asked_for(patches_and_labels):
    patches, labels = patches_and_labels
    cv = SpatialBlockShuffleSplit(6, test_size=0.25, random_state=3)
    tested = []
    for train, test in cv.split(patches, labels):
        assert not shares_pixels(patches[train], patches[test]).any()
        assert set(labels[train]) == {"CTX", "TRN"}
        for region in ("CTX", "TRN"):
            inside = labels == region
            part = test[inside[test]]
            assert len(part) / inside.sum() == pytest.approx(0.25, abs=0.06)
            # One band: no row of the region lies between its rows but in it.
            bands = []
            for axis in (1, 2):
                along = patches.positions[:, axis]
                low, high = along[part].min(), along[part].max()
                between = inside & (along >= low) & (along <= high)
                bands.append(between.sum() == len(part))
            assert any(bands)
        tested.append(frozenset(test.tolist()))
    assert len(set(tested)) == 6


def test_an_integer_gives_the_same_strips_in_every_call(patches_and_labels):
    patches, labels = patches_and_labels
    cv = SpatialBlockShuffleSplit(3, random_state=0)
    for (train, test), (again, test_again) in zip(
        cv.split(patches, labels), cv.split(patches, labels), strict=True
    ):
        np.testing.assert_array_equal(train, again)
        np.testing.assert_array_equal(test, test_again)
    other = SpatialBlockShuffleSplit(3, random_state=1)
    _, test = next(other.split(patches, labels))
    assert not np.array_equal(test, test_again)


@pytest.mark.parametrize("axis, along", [("rows", 1), ("columns", 2)])
def test_strips_can_be_bands_of_rows_or_columns(patches_and_labels, axis, along):
    patches, labels = patches_and_labels
    cv = SpatialBlockShuffleSplit(3, axis=axis, buffer=5, random_state=0)
    wide = separation_of(patches, buffer=5)
    for train, test in cv.split(patches, labels):
        part = patches.positions[test[labels[test] == "CTX"]]
        whole = np.ptp(patches.positions, axis=0)
        assert np.ptp(part, axis=0)[along] < 0.4 * whole[along]
        assert np.ptp(part, axis=0)[3 - along] > 0.8 * whole[3 - along]
        assert not shares_pixels(patches[train], patches[test], separation=wide).any()


def test_whole_specimens_are_drawn_where_groups_are_given(rng):
    images = [
        SliceImage(np.zeros((40, 40)), specimen=specimen)
        for specimen in ("a", "b", "b", "c", "d")
    ]
    centres = np.column_stack([np.repeat(range(5), 30), rng.integers(5, 35, (150, 2))])
    patches = Patches(images, centres, 8)
    labels = np.tile(["CTX", "VP", "ZI"], 50)
    cv = SpatialBlockShuffleSplit(8, test_size=0.5, random_state=0)
    drawn = set()
    for train, test in cv.split(patches, labels, patches.groups):
        held_out = frozenset(patches.groups[test])
        assert len(held_out) == 2
        assert len(train) + len(test) == 150
        assert not held_out & set(patches.groups[train])
        drawn.add(held_out)
    assert len(drawn) > 2


def test_scikit_learn_takes_it_as_a_splitter(patches_and_labels):
    patches, labels = patches_and_labels
    cv = SpatialBlockShuffleSplit(4, random_state=0)
    assert cv.get_n_splits(patches, labels) == 4
    assert len(cross_val_score(DummyClassifier(), patches, labels, cv=cv)) == 4
    report = cv.report(patches, labels)
    assert len(report) == 4 * 2
    assert "fold 3" in str(report)


def test_a_region_that_falls_into_one_strip_is_named(patches_and_labels):
    patches, labels = patches_and_labels
    with pytest.raises(
        ValueError,
        match=r"no split of y with test_size=0\.2 .*'TRN' falls wholly",
    ):
        SpatialBlockShuffleSplit(2, buffer=45).split(patches, labels)


def test_bad_parameters_are_named():
    with pytest.raises(ValueError, match="n_splits=0 must be at least 1"):
        SpatialBlockShuffleSplit(0)
    with pytest.raises(ValueError, match=r"test_size=1\.0 must lie between 0 and 1"):
        SpatialBlockShuffleSplit(test_size=1.0)
    with pytest.raises(TypeError, match="test_size='half' must be a number"):
        SpatialBlockShuffleSplit(test_size="half")
    with pytest.raises(TypeError, match="X is a ndarray; SpatialBlockShuffleSplit"):
        SpatialBlockShuffleSplit().split(np.zeros((4, 3, 3)), [0, 0, 1, 1])
