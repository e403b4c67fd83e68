"""Tests of sklearn_microarch.model_selection._search_table."""

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_microarch.model_selection import search_table
from sklearn_microarch.model_selection._search_table import short_names

GRID = {"pca__n_components": [1, 2], "ridge__alpha": [0.1, 1.0, 10.0]}


@pytest.fixture
def data(rng):
    X = rng.normal(size=(48, 3))
    return X, X @ [1.0, 2.0, 0.0] + rng.normal(size=48)


@pytest.fixture
def pipe():
    return Pipeline([("pca", PCA(random_state=0)), ("ridge", Ridge())])


def test_one_row_per_candidate_and_fold_with_the_values_of_the_search(pipe, data):
    search = GridSearchCV(pipe, GRID, cv=4, return_train_score=True).fit(*data)
    rows, results = search_table(search), search.cv_results_
    assert list(rows[0]) == [
        "n_components",
        "alpha",
        "fold",
        "score",
        "train_score",
        "mean_score",
        "std_score",
        "rank",
        "mean_fit_time_s",
    ]
    assert len(rows) == 6 * 4
    for at, row in enumerate(rows):
        candidate, fold = divmod(at, 4)
        params = results["params"][candidate]
        assert row["fold"] == fold
        assert row["n_components"] == params["pca__n_components"]
        assert row["alpha"] == params["ridge__alpha"]
        assert row["score"] == results[f"split{fold}_test_score"][candidate]
        assert row["train_score"] == results[f"split{fold}_train_score"][candidate]
        assert row["rank"] == results["rank_test_score"][candidate]
    frame = pd.DataFrame(rows)
    found = frame.groupby(["n_components", "alpha"], sort=False)["score"]
    np.testing.assert_allclose(found.mean(), results["mean_test_score"])
    np.testing.assert_allclose(frame["std_score"][::4], found.std(ddof=0))


def test_one_row_per_candidate_leaves_out_the_folds(pipe, data):
    rows = search_table(GridSearchCV(pipe, GRID, cv=4).fit(*data), per_fold=False)
    assert len(rows) == 6
    assert sorted(row["rank"] for row in rows) == [1, 2, 3, 4, 5, 6]
    assert not {"fold", "score", "train_score"} & set(rows[0])


def test_several_metrics_keep_their_names(pipe, data):
    scoring = ["r2", "neg_mean_absolute_error"]
    search = GridSearchCV(pipe, GRID, cv=2, scoring=scoring, refit="r2").fit(*data)
    row = search_table(search)[3]
    assert row["r2"] == search.cv_results_["split1_test_r2"][1]
    assert row["rank_r2"] == search.cv_results_["rank_test_r2"][1]
    assert row["mean_neg_mean_absolute_error"] < 0
    assert "rank" not in row


def test_rounds_of_a_halving_search_are_told_apart(pipe, data):
    search = HalvingGridSearchCV(pipe, GRID, cv=3, factor=2, random_state=0)
    rows = search_table(search.fit(*data))
    assert list(rows[0])[:3] == ["iter", "n_resources", "n_components"]
    sizes = {row["iter"]: row["n_resources"] for row in rows}
    assert list(sizes.values()) == search.n_resources_
    assert len(rows) == 3 * sum(search.n_candidates_)


def test_a_candidate_without_a_parameter_has_no_value_for_it(pipe, data):
    grid = [{"ridge__alpha": [1.0]}, {"pca__n_components": [2]}]
    rows = search_table(GridSearchCV(pipe, grid, cv=2).fit(*data))
    assert "n_components" not in rows[0]
    assert "alpha" not in rows[2]
    assert rows[2]["n_components"] == 2


def test_names_are_as_short_as_they_can_be_told_apart():
    names = ["nmf__n_components", "nmf__random_state", "cluster__random_state", "fold"]
    assert short_names(names, taken={"fold", "rank"}) == {
        "nmf__n_components": "n_components",
        "nmf__random_state": "nmf__random_state",
        "cluster__random_state": "cluster__random_state",
        "fold": "param_fold",
    }
    assert short_names(["a__x", "x", "b__a__x"]) == {
        "a__x": "a__x",
        "x": "x",
        "b__a__x": "b__a__x",
    }
    assert short_names(["scale__rank"], taken={"rank"}) == {
        "scale__rank": "scale__rank"
    }


def test_a_search_that_was_not_fitted_is_an_error(pipe):
    with pytest.raises(NotFittedError):
        search_table(GridSearchCV(pipe, GRID))
