"""Tests of sklearn_microarch.model_selection._leakage_report and _leakage_report."""

import dataclasses

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from sklearn_microarch import Patches, SpatialBlockKFold, leakage_report
from sklearn_microarch.images import SliceImage


@pytest.fixture
def patches_and_labels(rng):
    """Return overlapping patches of one slice, with two regions."""
    image = SliceImage(np.zeros((90, 140)), pixel_size_um=2.0)
    centres = np.column_stack([rng.integers(8, 82, 400), rng.integers(8, 132, 400)])
    return Patches(image, centres, 14), np.where(centres[:, 1] < 60, "CTX", "VP")


def test_a_random_split_leaks_and_a_spatial_one_does_not(patches_and_labels):
    patches, labels = patches_and_labels
    train, test = train_test_split(np.arange(400), random_state=0)
    random = leakage_report(patches, train, test, labels, z_um=[0])
    assert random.n_sharing == random.n_overlapping == random.n_test == 100
    assert random.seen_share > 0.9
    assert random.shared_area_um2 == 4 * random.shared_pixels
    # One slice: a slab as thick as a patch.
    assert random.test_volume_um3 == pytest.approx(28 * random.test_area_um2)
    assert random.shared_volume_um3 == pytest.approx(28 * random.shared_area_um2)
    for train, test in SpatialBlockKFold(3).split(patches, labels):
        spatial = leakage_report(patches, train, test, labels, z_um=[0])
        assert spatial.n_sharing == spatial.n_overlapping == 0
        assert spatial.shared_pixels == spatial.shared_volume_um3 == 0
        assert spatial.n_train == len(train)


def test_figures_are_those_counted_by_hand():
    images = [
        SliceImage(np.zeros((40, 60)), pixel_size_um=2.0, specimen=specimen)
        for specimen in ("a", "a", "b")
    ]
    positions = [
        [0, 10, 10],  # training
        [0, 10, 30],
        [0, 10, 18],  # test: shares 2 columns with the first, none with the second
        [1, 12, 10],  # a near slice, at the place of the first
        [2, 10, 10],  # another specimen
        [0, 30, 50],  # apart
    ]
    patches = Patches(images, positions, 10)
    labels = ["VP", "VP", "VP", "ZI", "ZI", "VP"]
    report = leakage_report(patches, [0, 1], [2, 3, 4, 5], labels, z_um=[0.0, 5.0, 0.0])
    assert report.n_sharing == 1
    assert report.n_overlapping == 2
    assert (report.test_pixels, report.shared_pixels) == (400, 20)
    assert (report.test_area_um2, report.shared_area_um2) == (1600, 80)
    # Cubes 20 um deep. In the near slice they lie 5 um and 2 rows off, and 8 x 2
    # pixels of that are in the first test patch too.
    assert report.shared_volume_um3 == pytest.approx(4 * (20 * 20 + (80 - 16) * 15))
    assert report.n_independent_train == 2
    vp, zi = report.regions
    assert dataclasses.astuple(vp) == ("VP", 2, 2, 1, 1, 2, 2)
    assert dataclasses.astuple(zi) == ("ZI", 0, 2, 0, 1, 0, 2)
    text = str(report)
    assert "sharing pixels with training: 1 (25.0%)" in text
    assert "seen in training: 20 of 400 (5.0%), 80 of 1600 um2" in text
    assert "near slices included: 2 (50.0%), 5440 of" in text
    assert text.splitlines()[-1].split() == ["ZI", "0", "0", "2", "2", "0", "1"]


def test_what_is_unknown_is_none_and_near_slices_are_assumed(rng):
    images = [np.zeros((30, 30)), np.zeros((30, 30))]
    patches = Patches(images, [[0, 9, 9], [1, 9, 9]], 6)
    report = leakage_report(patches, [True, False], [False, True])
    assert (report.n_sharing, report.n_overlapping) == (0, 1)
    assert report.test_area_um2 is report.shared_volume_um3 is None
    assert report.regions == ()
    assert "um" not in str(report)


def test_a_row_on_both_sides_leaks(patches_and_labels):
    patches, _ = patches_and_labels
    report = leakage_report(patches, [3], [3])
    assert report.seen_share == 1


def test_bad_input_is_named(patches_and_labels):
    patches, labels = patches_and_labels
    with pytest.raises(TypeError, match="patches is a ndarray; leakage_report needs"):
        leakage_report(np.zeros((4, 3, 3)), [0], [1])
    with pytest.raises(ValueError, match="train holds no rows"):
        leakage_report(patches, [], [1])
    with pytest.raises(ValueError, match="test must be 1-D with row numbers below"):
        leakage_report(patches, [0], [400])
    with pytest.raises(TypeError, match="test has dtype float64"):
        leakage_report(patches, [0], [1.0])
    with pytest.raises(ValueError, match=r"train is a mask of shape \(2,\)"):
        leakage_report(patches, [True, False], [1])
    with pytest.raises(ValueError, match=r"y has shape \(3,\)"):
        leakage_report(patches, [0], [1], labels[:3])
    with pytest.raises(ValueError, match=r"z_um has shape \(2,\)"):
        leakage_report(patches, [0], [1], z_um=[0, 1])
