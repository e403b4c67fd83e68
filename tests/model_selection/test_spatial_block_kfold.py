"""Tests of sklearn_microarch.model_selection._spatial_block_kfold."""

import numpy as np
import pytest
from sklearn.model_selection import check_cv

from sklearn_microarch import Patches, SpatialBlockKFold
from sklearn_microarch.sampling import shares_pixels


@pytest.fixture
def patches_and_labels(rng):
    """Return patches of two slices with three regions, unannotated ones between."""
    images = [np.zeros((120, 200)), np.zeros((100, 160))]
    first = np.column_stack(
        [np.zeros(400), rng.integers(8, 112, 400), rng.integers(8, 192, 400)]
    )
    second = np.column_stack(
        [np.ones(300), rng.integers(8, 92, 300), rng.integers(8, 152, 300)]
    )
    patches = Patches(images, np.concatenate([first, second]).astype(int), 10)
    cols = patches.positions[:, 2]
    labels = np.select([cols < 60, cols < 70, cols < 110], ["CTX", "", "VP"], "ZI")
    return patches, labels


@pytest.mark.parametrize("n_splits", [2, 3, 4])
def test_no_test_patch_shares_a_pixel_with_a_training_patch(
    patches_and_labels, n_splits
):
    patches, labels = patches_and_labels
    tested = []
    for train, test in SpatialBlockKFold(n_splits).split(patches, labels):
        assert not shares_pixels(patches[train], patches[test]).any()
        assert not set(train) & set(test)
        assert set(labels[train]) == set(labels[test]) == {"CTX", "", "VP", "ZI"}
        assert len(train) > len(patches) / 4
        tested.append(test)
    assert sorted(np.concatenate(tested)) == list(range(len(patches)))


def test_every_dropped_row_shares_a_pixel(patches_and_labels):
    patches, labels = patches_and_labels
    for train, test in SpatialBlockKFold(3).split(patches, labels):
        dropped = np.setdiff1d(np.arange(len(patches)), np.append(train, test))
        assert len(dropped)
        assert shares_pixels(patches[dropped], patches[test]).all()


def test_the_share_of_rows_kept_is_said(patches_and_labels, capsys):
    patches, labels = patches_and_labels
    reports = SpatialBlockKFold(3).report(patches, labels)
    assert len(reports) == 3 * 4
    for report in reports:
        total = report.n_train + report.n_test + report.n_dropped
        assert total == (labels == report.roi).sum()
        assert report.kept_share == report.n_train / (report.n_train + report.n_dropped)
    capsys.readouterr()
    list(SpatialBlockKFold(3, verbose=1).split(patches, labels))
    lines = capsys.readouterr().out.splitlines()
    vp = next(r for r in reports if r.fold == 1 and r.roi == "VP")
    assert len(lines) == 3
    assert f"VP {vp.kept_share:.0%}" in lines[1]


@pytest.mark.parametrize("axis, other", [("rows", "columns"), ("columns", "rows")])
def test_strips_can_be_bands_of_rows_or_columns(patches_and_labels, axis, other):
    patches, labels = patches_and_labels
    labels = np.where(patches.positions[:, 2] < 80, "CTX", "VP")
    along = {"rows": 1, "columns": 2}
    region = (labels == "VP") & (patches.positions[:, 0] == 0)
    whole = np.ptp(patches.positions[region], axis=0)
    for _, test in SpatialBlockKFold(3, axis=axis).split(patches, labels):
        part = np.ptp(patches.positions[test[region[test]]], axis=0)
        assert part[along[axis]] < 0.5 * whole[along[axis]]
        assert part[along[other]] > 0.8 * whole[along[other]]


def test_scikit_learn_takes_it_as_a_splitter():
    cv = check_cv(SpatialBlockKFold(3))
    assert cv.get_n_splits() == 3
    assert repr(cv) == "SpatialBlockKFold(axis=None, n_splits=3, verbose=0)"


def test_a_region_too_small_to_be_cut_is_named(patches_and_labels):
    patches, labels = patches_and_labels
    labels = labels.copy()
    labels[:2] = "TRN"
    with pytest.raises(ValueError, match=r"fold \d has no \w+ rows of region 'TRN'"):
        list(SpatialBlockKFold(4).split(patches, labels))


def test_bad_input_is_named(patches_and_labels):
    patches, labels = patches_and_labels
    with pytest.raises(
        TypeError, match="X is a ndarray; SpatialBlockKFold needs Patches"
    ):
        next(SpatialBlockKFold(2).split(np.asarray(patches), labels))
    with pytest.raises(ValueError, match="y is None"):
        next(SpatialBlockKFold(2).split(patches, None))
    with pytest.raises(ValueError, match=r"y has shape \(3,\), but X holds 700"):
        next(SpatialBlockKFold(2).split(patches, labels[:3]))
    with pytest.raises(ValueError, match="n_splits=1"):
        SpatialBlockKFold(1)
    with pytest.raises(ValueError, match="axis='depth'"):
        SpatialBlockKFold(2, axis="depth")
    with pytest.raises(TypeError, match=r"n_splits=2\.0"):
        SpatialBlockKFold(2.0)
