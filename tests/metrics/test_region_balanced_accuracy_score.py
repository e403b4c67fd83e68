"""Tests of sklearn_microarch.metrics._region_balanced_accuracy_score and _f1_score."""

import warnings

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import balanced_accuracy_score, f1_score
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from sklearn_microarch import GMMClusterer
from sklearn_microarch.exceptions import UnscoredRegionsWarning
from sklearn_microarch.metrics import (
    region_balanced_accuracy_score,
    region_balanced_accuracy_scorer,
    region_f1_score,
    region_f1_scorer,
)


class TreeOfAnnotatedRows(DecisionTreeClassifier):
    """A classifier that names a label of rows it leaves out."""

    unannotated = ""


def test_they_are_scikit_learns_where_every_region_occurs(rng):
    y_true, y_pred = rng.integers(0, 5, (2, 200))
    assert region_balanced_accuracy_score(y_true, y_pred) == pytest.approx(
        balanced_accuracy_score(y_true, y_pred)
    )
    assert region_f1_score(y_true, y_pred) == pytest.approx(
        f1_score(y_true, y_pred, average="macro")
    )


@pytest.mark.parametrize("score", [region_balanced_accuracy_score, region_f1_score])
def test_a_region_left_out_is_said(score):
    with pytest.warns(UnscoredRegionsWarning, match=r"2 of 3 regions.*\{'ZI': 0\}"):
        assert score(["VP", "CTX"], ["VP", "CTX"], regions=["CTX", "VP", "ZI"]) == 1
    with pytest.warns(UnscoredRegionsWarning, match=r"min_rows=2 rows: \{'ZI': 1\}"):
        assert score(["VP", "VP", "ZI"], ["VP", "VP", "VP"], min_rows=2) > 0.7


def test_scorers_ask_the_estimator_for_its_regions_and_unannotated_rows(rng):
    X = rng.normal(size=(90, 2))
    y = np.select([X[:, 0] < -0.5, X[:, 0] > 0.5], ["CTX", "VP"], "ZI")
    tree = make_pipeline(FunctionTransformer(), TreeOfAnnotatedRows()).fit(X, y)
    partly = np.where(X[:, 1] > 0, y, "")
    assert region_balanced_accuracy_scorer(tree, X, partly) == 1
    assert region_f1_scorer(tree, X, partly) == 1
    with pytest.warns(UnscoredRegionsWarning, match=r"\{'CTX': 0\}"):
        region_f1_scorer(tree, X[y != "CTX"], y[y != "CTX"])


@pytest.mark.parametrize("scorer", [region_balanced_accuracy_scorer, region_f1_scorer])
def test_a_clusterer_is_told_where_regions_are_predicted(rng, scorer):
    X = rng.random((30, 2))
    pipe = make_pipeline(FunctionTransformer(), GMMClusterer(2, random_state=0)).fit(X)
    with pytest.raises(TypeError, match=r"without classes_.*pipe\[:2\]"):
        scorer(pipe, X, np.repeat([0, 1], 15))


def test_scikit_learn_takes_them_as_scoring(rng):
    X, y = rng.normal(size=(60, 2)), np.repeat([1, 2, 3], 20)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = cross_validate(
            DummyClassifier(),
            X,
            y,
            scoring={
                "accuracy": region_balanced_accuracy_scorer,
                "f1": region_f1_scorer,
            },
            error_score="raise",
        )
    np.testing.assert_allclose(found["test_accuracy"], 1 / 3)
    np.testing.assert_allclose(found["test_f1"], 1 / 6)
