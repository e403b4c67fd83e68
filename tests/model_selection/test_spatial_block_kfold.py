"""Tests of sklearn_microarch.model_selection._spatial_block_kfold."""

import warnings

import numpy as np
import pytest
import sklearn
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    check_cv,
    cross_val_predict,
    cross_val_score,
    permutation_test_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_microarch import Patches, SpatialBlockKFold, SpatialBlockShuffleSplit
from sklearn_microarch.exceptions import FewerFoldsWarning, PixelSizeMismatchError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.spatial import shares_pixels
from sklearn_microarch.spatial._separation import separation_of


@pytest.fixture
def patches_and_labels(rng):
    """Return patches of two specimens with three regions, unannotated ones between."""
    images = [
        SliceImage(np.zeros(shape), pixel_size_um=2.0, specimen=specimen)
        for shape, specimen in (((120, 200), "first"), ((100, 160), "second"))
    ]
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
        assert total == (labels == report.region).sum()
        assert report.kept_share == report.n_train / (report.n_train + report.n_dropped)
    capsys.readouterr()
    list(SpatialBlockKFold(3, verbose=1).split(patches, labels))
    printed = capsys.readouterr().out
    assert printed == f"{reports}\n"
    vp = next(r for r in reports if r.fold == 1 and r.region == "VP")
    line = next(line for line in printed.splitlines() if line.startswith("VP"))
    assert f"{vp.n_train} + {vp.n_test} ({vp.kept_share:.0%})" in line


def test_a_buffer_lies_between_test_and_training_patches(patches_and_labels):
    patches, labels = patches_and_labels
    sizes = []
    for given in ({}, {"buffer": 7}, {"buffer_um": 13.5}):
        cv = SpatialBlockKFold(2, **given)
        pixels = 7 if given else 0
        wide = separation_of(patches, buffer=pixels)
        for train, test in cv.split(patches, labels):
            assert not shares_pixels(
                patches[train], patches[test], separation=wide
            ).any()
            sizes.append(len(train))
    assert sizes[2:4] == sizes[4:]
    assert max(sizes[2:4]) < min(sizes[:2])


def test_near_slices_are_cut_together_and_far_ones_apart(rng):
    images = [SliceImage(np.zeros((100, 100)), pixel_size_um=1.0) for _ in range(3)]
    centres = np.column_stack(
        [rng.integers(0, 3, 900), rng.integers(6, 94, 900), rng.integers(6, 94, 900)]
    )
    patches, labels = Patches(images, centres, 12), np.repeat("CTX", 900)
    cv = SpatialBlockKFold(3, z_um=[0, 11, 23])
    for train, test in cv.split(patches, labels):
        for this, other in ((0, 1), (1, 0)):
            tested = test[centres[test, 0] == this]
            trained = train[centres[train, 0] == other]
            apart = centres[trained][:, None, 1:] - centres[tested][None, :, 1:]
            assert (np.abs(apart).max(axis=2) >= 12).all()
    # What lies at the place of test patches, in a far slice, is trained on.
    train, test = next(SpatialBlockKFold(3, z_um=[0, 99, 200]).split(patches, labels))
    near = shares_pixels(
        patches[train], patches[test], separation=separation_of(patches)
    )
    assert near.any()


def test_whole_specimens_are_tested_on_where_groups_are_given(patches_and_labels):
    patches, labels = patches_and_labels
    cv = SpatialBlockKFold(2)
    groups = patches.groups
    tested = set()
    for train, test in cv.split(patches, labels, groups):
        assert len(set(groups[test])) == len(set(groups[train])) == 1
        assert len(train) + len(test) == len(patches)
        tested |= set(groups[test])
    assert tested == {"first", "second"}
    with pytest.warns(FewerFoldsWarning, match="there are only 2 groups"):
        assert len(list(SpatialBlockKFold(4).split(patches, labels, groups))) == 2
    first = groups == "first"
    with pytest.raises(ValueError, match="groups holds one group only, 'first'"):
        cv.split(patches[first], labels[first], groups[first])


SPLITTERS = [SpatialBlockKFold(2), SpatialBlockShuffleSplit(1, random_state=0)]


@pytest.mark.parametrize("cv", SPLITTERS, ids=["folds", "random"])
def test_a_region_of_one_group_only_is_named_with_its_group(patches_and_labels, cv):
    patches, labels = patches_and_labels
    rare = (labels == "VP") & (patches.groups == "second")
    labels = np.where(rare, "RT", labels)
    words = (
        r"region 'RT' occurs in one group only, 'second': .* Annotate the region in "
        "more specimens, merge it with another region, or leave its rows out"
    )
    with pytest.raises(ValueError, match=words):
        cv.split(patches, labels, groups=patches.groups)
    with pytest.raises(ValueError, match=words):
        cv.report(patches, labels, groups=patches.groups)


@pytest.mark.parametrize("cv", SPLITTERS, ids=["folds", "random"])
def test_a_region_whose_groups_are_near_each_other_is_not_said_to_be_small(rng, cv):
    # Two slices of one specimen, at unknown heights: no patch is separate.
    images = [SliceImage(np.zeros((40, 40)), specimen="one") for _ in range(2)]
    centres = np.column_stack([np.repeat([0, 1], 30), np.full((60, 2), 20)])
    patches, labels = Patches(images, centres, 8), ["CTX"] * 60
    words = r"no training rows of region 'CTX'.* in 2 of 2 groups, \[0, 1\].* more spec"
    with pytest.raises(ValueError, match=words):
        cv.split(patches, labels, groups=np.repeat([0, 1], 30))


@pytest.mark.parametrize("cv", SPLITTERS, ids=["folds", "random"])
@pytest.mark.parametrize("bad", [None, np.nan, 0.5])
def test_groups_that_are_none_are_named(patches_and_labels, cv, bad):
    patches, labels = patches_and_labels
    groups = [bad, *[1] * (len(patches) - 1)]
    with pytest.raises((TypeError, ValueError), match="groups"):
        cv.split(patches, labels, groups=groups)


def test_counts_and_lengths_too_large_to_work_with_are_named(patches_and_labels):
    patches, labels = patches_and_labels
    for n_splits in (10**27, 10_001):
        for splitter in (SpatialBlockKFold, SpatialBlockShuffleSplit):
            with pytest.raises(ValueError, match=r"n_splits=10.* at most 10000"):
                splitter(n_splits)
    with pytest.raises(TypeError, match="n_splits=1e"):
        SpatialBlockKFold(1e27)
    with pytest.raises(ValueError, match=r"buffer=1000.* must be at most"):
        SpatialBlockKFold(2, buffer=10**400)
    with pytest.raises(ValueError, match=r"buffer_um=1000.* must be finite"):
        SpatialBlockKFold(2, buffer_um=10**400)
    with pytest.raises(ValueError, match=r"buffer_um=1e\+300 is 5e\+299 pixels of 2 m"):
        SpatialBlockKFold(2, buffer_um=1e300).split(patches, labels)


def test_more_folds_than_a_region_has_rows_are_not_tried(patches_and_labels):
    patches, labels = (each[::10] for each in patches_and_labels)
    with pytest.warns(FewerFoldsWarning, match="in place of n_splits=10000"):
        n_folds = len(list(SpatialBlockKFold(10_000).split(patches, labels)))
    assert n_folds <= np.unique(labels, return_counts=True)[1].min()


def test_permuted_labels_are_scored_on_equal_folds_if_they_are_cut_once(rng):
    # As docs/howto/trust/validation.md has it for permutation_test_score.
    patches, labels = grid_with_a_small_region(40)
    cv = SpatialBlockKFold(3)
    once = list(cv.split(patches, labels))
    permuted = rng.permutation(labels)
    again = list(cv.split(patches, permuted))
    assert any(
        not np.array_equal(test, other)
        for (_, test), (_, other) in zip(once, again, strict=True)
    )

    seen = []

    class Recorder(DummyClassifier):
        def fit(self, X, y):
            seen.append(np.unique(X.positions, axis=0).tolist())
            return super().fit(X, y)

    recorder = Recorder(strategy="most_frequent")
    permutation_test_score(
        recorder, patches, labels, cv=once, n_permutations=2, random_state=0
    )
    assert len(seen) == 9
    assert seen[:3] == seen[3:6] == seen[6:]


def grid_with_a_small_region(length):
    """Return patches of 10 px on a grid, and a square region named TRN in it."""
    rows, cols = np.mgrid[6:94:2, 6:154:2].reshape(2, -1)
    patches = Patches(np.zeros((100, 160)), np.column_stack([rows, cols]), 10)
    inside = (abs(rows - 50) <= length / 2) & (abs(cols - 80) <= length / 2)
    return patches, np.where(inside, "TRN", np.where(cols < 80, "CTX", "VP"))


@pytest.mark.parametrize(
    "asked, made, lacking", [(3, 2, "training"), (15, 11, "test"), (11, 11, "")]
)
def test_fewer_folds_are_made_where_a_region_allows_no_more(asked, made, lacking):
    # Its centres lie on 11 lines, 20 px from the first to the last: in thirds, the
    # middle one leaves no patch of 10 px on either side.
    patches, labels = grid_with_a_small_region(20)
    cv = SpatialBlockKFold(asked)
    assert cv.get_n_splits() == cv.get_n_splits(patches) == asked
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        folds = list(cv.split(patches, labels))
    assert len(folds) == cv.get_n_splits(patches, labels) == made
    for rows in (rows for fold in folds for rows in fold):
        assert (labels[rows] == "TRN").any()
    messages = [str(each.message) for each in caught]
    assert messages == [
        f"{made} folds are made in place of n_splits={asked}: one of {made + 1} folds "
        f"would have no {lacking} rows of region 'TRN'."
    ] * (made < asked)
    assert all(each.category is FewerFoldsWarning for each in caught)
    assert all(each.filename == __file__ for each in caught)


def grey_levels(patches):
    values = np.asarray(patches).reshape(len(patches), -1)
    return np.column_stack([values.mean(axis=1), values.std(axis=1)])


@pytest.fixture
def told_apart_by_grey(rng):
    """Return a model, and patches of two regions that differ in grey level."""
    image = rng.normal(size=(60, 120)) + (np.arange(120) > 55)
    centres = np.column_stack([rng.integers(4, 56, 300), rng.integers(4, 116, 300)])
    labels = np.where(centres[:, 1] > 55, "VP", "CTX")
    model = make_pipeline(FunctionTransformer(grey_levels), LogisticRegression())
    return model, Patches(image, centres, 7), labels


def test_scikit_learn_takes_it_as_a_splitter(told_apart_by_grey):
    model, patches, labels = told_apart_by_grey
    cv = check_cv(SpatialBlockKFold(3))
    assert cv.get_n_splits() == 3
    assert "SpatialBlockKFold(axis=None, buffer=0, buffer_um=None, n_spl" in repr(cv)
    scores = cross_val_score(model, patches, labels, cv=cv)
    assert len(scores) == 3
    assert min(scores) > 0.8
    predicted = cross_val_predict(model, patches, labels, cv=cv)
    assert np.mean(predicted == labels) > 0.8


def test_a_search_runs_on_the_folds_that_fit(told_apart_by_grey):
    model, _, _ = told_apart_by_grey
    patches, labels = grid_with_a_small_region(20)
    search = GridSearchCV(
        model,
        {"logisticregression__C": [0.1, 1]},
        cv=SpatialBlockKFold(3),
        error_score="raise",
    )
    with pytest.warns(FewerFoldsWarning, match="'TRN'"):
        search.fit(patches, labels)
    assert search.n_splits_ == 2
    assert "split1_test_score" in search.cv_results_


@pytest.mark.parametrize("routing", [False, True])
def test_a_search_passes_groups_on(patches_and_labels, routing):
    patches, labels = patches_and_labels
    model = make_pipeline(FunctionTransformer(grey_levels), LogisticRegression())
    cv = SpatialBlockKFold(3)
    grid = {"logisticregression__C": [1.0]}
    with sklearn.config_context(enable_metadata_routing=routing):
        search = GridSearchCV(model, grid, cv=cv, error_score="raise")
        with pytest.warns(FewerFoldsWarning, match="only 2 groups"):
            search.fit(patches, labels, groups=patches.groups)
    assert search.n_splits_ == 2


def test_a_region_that_falls_into_one_strip_is_named():
    patches, labels = grid_with_a_small_region(8)
    named = "region 'TRN' falls wholly into one strip: its 25 patches of 10 px have"
    with pytest.raises(ValueError, match=named):
        SpatialBlockKFold(4).split(patches, labels)
    with pytest.raises(ValueError, match=named):
        SpatialBlockKFold(4).get_n_splits(patches, labels)
    patches, labels = grid_with_a_small_region(20)
    with pytest.raises(ValueError, match=r"Leave the region out, or use smaller"):
        SpatialBlockKFold(2, buffer=30).split(patches, labels)
    with pytest.raises(ValueError, match=r"10 px \(buffer 30 px\) have their centres"):
        SpatialBlockKFold(2, buffer=30).split(patches, labels)


def test_more_folds_are_offered_where_they_alone_fit():
    # Two regions along one line, through each other: halves hide too much.
    rng = np.random.default_rng(24)
    n, length = rng.integers(8, 24), rng.integers(24, 60)
    cols = np.concatenate([rng.integers(8, 8 + length, n) for _ in range(2)])
    centres = np.column_stack([np.full(2 * n, 10), cols])
    patches, labels = (
        Patches(np.zeros((20, 90)), centres, 10),
        ["CTX"] * n + ["TRN"] * n,
    )
    with pytest.raises(ValueError, match=r"fit into n_splits=2 folds.* n_splits=3 f"):
        SpatialBlockKFold(2).split(patches, labels)
    assert SpatialBlockKFold(3).get_n_splits(patches, labels) == 3


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
    with pytest.raises(ValueError, match=r"groups has shape \(2,\), but X holds 700"):
        next(SpatialBlockKFold(2).split(patches, labels, ["a", "b"]))
    with pytest.raises(ValueError, match="X holds no patches"):
        SpatialBlockKFold(2).split(patches[:0], labels[:0])
    with pytest.raises(ValueError, match="buffer=-3"):
        SpatialBlockKFold(2, buffer=-3)
    with pytest.raises(ValueError, match=r"z_um has shape \(3,\)"):
        SpatialBlockKFold(2, z_um=[1, 2, 3]).split(patches, labels)
    with pytest.raises(ValueError, match="n_splits=1"):
        SpatialBlockKFold(1)
    with pytest.raises(ValueError, match="axis='depth'"):
        SpatialBlockKFold(2, axis="depth")
    with pytest.raises(TypeError, match=r"n_splits=2\.0"):
        SpatialBlockKFold(2.0)


def test_slices_of_different_pixel_size_are_refused():
    images = [
        SliceImage(np.zeros((20, 20)), pixel_size_um=1.0, name="thin"),
        SliceImage(np.zeros((20, 20)), pixel_size_um=1.2, name="thick"),
    ]
    patches = Patches(images, [[0, 5, 5], [0, 15, 15], [1, 5, 5], [1, 15, 15]], 4)
    with pytest.raises(PixelSizeMismatchError, match=r"'thick' has pixel_size_um=1\.2"):
        SpatialBlockKFold(2).split(patches, ["CTX"] * 4)
