"""Tests of sklearn_microarch.model_selection._specimen_report."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.dummy import DummyClassifier

from sklearn_microarch import Patches, SliceImage, SpatialBlockKFold, specimen_report
from sklearn_microarch.metrics import block_bootstrap, region_scores
from sklearn_microarch.model_selection import SpatialBlockShuffleSplit

# Exposure of each animal: the last is another scan.
GAINS = {"m1": 1.0, "m2": 1.02, "m3": 1.6}


class NearestGrey(ClassifierMixin, BaseEstimator):
    """Tell regions by the patch of the most similar grey level."""

    def fit(self, X, y):
        self.classes_, self.y_ = np.unique(y), y
        self.grey_ = np.asarray(X).mean(axis=(1, 2))
        return self

    def predict(self, X):
        grey = np.asarray(X).mean(axis=(1, 2))
        return self.y_[np.abs(grey[:, None] - self.grey_).argmin(axis=1)]


@pytest.fixture
def animals():
    """Return patches and labels of three animals, two regions and a blank strip."""
    rng = np.random.default_rng(1)
    slices = []
    for name, gain in GAINS.items():
        data = np.full((64, 96), 100.0)
        data[:, 48:] = 140
        data = (data + rng.normal(0, 30, data.shape)) * gain
        slices.append(SliceImage(data, 2.0, name, name))
    rows, cols = np.mgrid[4:60:4, 4:92:4].reshape(2, -1)
    centres = [np.column_stack([np.full(len(rows), at), rows, cols]) for at in range(3)]
    patches = Patches(slices, np.concatenate(centres), 8)
    col = patches.positions[:, 2]
    labels = np.where(col < 46, "CTX", np.where(col > 50, "VP", ""))
    return patches, labels


@pytest.fixture
def report(animals):
    return specimen_report(NearestGrey(), *animals, n_resamples=100)


def test_spatial_folds_and_specimens_judge_the_same_rows(report, animals):
    patches, labels = animals
    annotated = labels != ""
    held, y = patches.take(annotated), labels[annotated]
    np.testing.assert_array_equal(report.labels, y)
    for predicted, cv in (
        (report.predicted_spatial, SpatialBlockKFold(3).split(held, y)),
        (
            report.predicted_left_out,
            [
                (
                    np.flatnonzero(held.groups != name),
                    np.flatnonzero(held.groups == name),
                )
                for name in GAINS
            ],
        ),
    ):
        for train, test in cv:
            fitted = NearestGrey().fit(held.take(train), y[train])
            expected = fitted.predict(held.take(test))
            np.testing.assert_array_equal(predicted[test], expected)


def test_the_table_holds_each_fold_each_specimen_and_all_of_both(report):
    rows = report.to_rows()
    assert [(row["split"], row["fold"]) for row in rows] == [
        *(("spatial folds", name) for name in ("0", "1", "2", "all")),
        *(("specimens left out", name) for name in ("m1", "m2", "m3", "all")),
    ]
    right = report.predicted_left_out == report.labels
    own = report.groups == "m3"
    found = region_scores(report.labels[own], report.predicted_left_out[own])
    assert rows[6]["balanced_accuracy"] == found.balanced_accuracy
    assert rows[6]["recall_CTX"] == found.recall[0]
    assert rows[6]["n_train"] == (~own).sum()
    # Over specimens, of which three are too few.
    expected = block_bootstrap(
        right, report.labels, report.groups, n_resamples=100, random_state=0
    )
    assert (rows[7]["low"], rows[7]["high"]) == (expected.low, expected.high)
    assert not rows[7]["is_trusted"]
    assert rows[3]["is_trusted"]


def test_what_another_exposure_costs_shows_in_the_specimen_left_out(report):
    assert report.lost["m3"].high < -0.3
    for name in ("m1", "m2"):
        assert report.lost[name].estimate > -0.05
    printed = str(report)
    assert "specimens left out: m3" in printed
    assert f"{report.lost['m3'].estimate:+.3f}" in printed
    assert "* a region lies in fewer than 5 blocks" in printed


def test_a_region_that_a_specimen_lacks_is_not_in_its_mean(animals):
    patches, labels = animals
    labels[(patches.groups == "m2") & (labels == "VP")] = ""
    report = specimen_report(NearestGrey(), patches, labels, n_resamples=50)
    row = next(row for row in report.to_rows() if row["fold"] == "m2")
    assert np.isnan(row["recall_VP"])
    assert row["balanced_accuracy"] == row["recall_CTX"]


def test_bad_input_is_named_before_anything_is_trained(animals):
    patches, labels = animals
    own = patches.groups == "m1"
    never = DummyClassifier(strategy="nothing of the kind")
    with pytest.raises(ValueError, match=r"one specimen only, \['m1'\]"):
        specimen_report(never, patches.take(own), labels[own])
    with pytest.raises(ValueError, match="region 'VP' occurs in one group only"):
        specimen_report(never, patches, np.where(own | (labels == ""), labels, "CTX"))
    cv = SpatialBlockShuffleSplit(2, random_state=0)
    with pytest.raises(ValueError, match=r"cv tests \d+ of \d+ rows never"):
        specimen_report(never, patches, labels, cv=cv)
    with pytest.raises(TypeError, match=r"cv=5 must be a splitter"):
        specimen_report(never, patches, labels, cv=5)
    with pytest.raises(TypeError, match=r"no classifier of regions.*pipe\[:2\]"):
        specimen_report(KMeans(2), patches, labels)
    with pytest.raises(ValueError, match="n_resamples=0"):
        specimen_report(never, patches, labels, n_resamples=0)
