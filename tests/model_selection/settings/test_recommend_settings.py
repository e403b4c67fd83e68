"""Tests of sklearn_microarch.model_selection.recommend_settings."""

import numpy as np
import pytest

from sklearn_microarch import Patches
from sklearn_microarch.metrics import factor_localization_score
from sklearn_microarch.model_selection import recommend_settings
from sklearn_microarch.model_selection.settings._folds import lay_folds
from sklearn_microarch.model_selection.settings._held_out import hidden_errors
from sklearn_microarch.model_selection.settings._localization import (
    resampled_localization,
)

# Two folds and two halvings of few rows: enough where parts were planted.
QUICK = {"n_folds": 2, "n_halvings": 2, "n_resamples": 200, "random_state": 0}


def planted(k, *, seed=0, n=300, n_features=18):
    """Return rows made of k parts, the strongest part of each row, and blocks."""
    rng = np.random.default_rng(seed)
    strength = rng.gamma(1.0, size=(n, k)) * (rng.random((n, k)) < 0.5)
    parts = rng.gamma(1.0, size=(k, n_features)) * (rng.random((k, n_features)) < 0.4)
    X = strength @ parts
    X = np.maximum(X + 0.1 * X.mean() * rng.normal(size=X.shape), 0.0)
    return X, strength.argmax(axis=1), np.arange(n) // 20


@pytest.mark.parametrize("k", [3, 5])
def test_a_planted_number_of_factors_is_recovered(k):
    found = recommend_settings(*planted(k), ks=[k - 1, k, k + 1], **QUICK)
    assert found.n_components == k
    assert found.params == {"nmf__n_components": k}
    assert str(found).startswith(f"k = {k}: ")
    error = found.choices[0].curves["held-out error"]
    assert not error.as_good[0]
    assert (error.low <= error.estimate).all()
    assert (error.estimate <= error.high).all()


def test_noise_decides_nothing(rng):
    X, y = rng.gamma(0.5, size=(300, 18)), rng.integers(0, 3, 300)
    found = recommend_settings(X, y, np.arange(300) // 20, ks=[2, 3], **QUICK)
    assert found.n_components is None
    assert found.params == {}
    assert "k: the data do not decide. Hidden features are predicted" in str(found)


def test_where_only_the_most_will_do_more_are_to_be_tried():
    found = recommend_settings(*planted(5), ks=[2, 5], **QUICK)
    assert found.n_components is None
    assert "5 factors, the most that were tried" in found.choices[0].reason


def test_lambda_and_clusters_are_decided_or_not_with_words():
    X, y, blocks = planted(3)
    found = recommend_settings(
        X, y, blocks, ks=[3], lams=[2.0, 0.5, 1.0], n_clusters=[3, 2], **QUICK
    )
    _, lam, clusters = found.choices
    assert lam.values.tolist() == [0.5, 1.0, 2.0]
    assert found.lam in (None, 1.0)
    assert "raise it if factors spill outside of their region" in lam.reason
    assert clusters.values.tolist() == [2, 3]
    assert set(clusters.curves) == {"held-out error", "found again"}
    assert len(found.to_rows()) == 3 + 3 + 2 * 2


def test_the_same_seed_gives_the_same_numbers():
    data = planted(3, n=120)
    one, other = (
        recommend_settings(*data, ks=[2], **QUICK).to_rows() for _ in range(2)
    )
    assert str(one) == str(other)


def test_patches_tell_folds_and_blocks_and_rows_are_drawn(rng):
    X, y, _ = planted(3, n=512)
    rows, cols = np.divmod(np.arange(512), 32)
    patches = Patches(
        np.zeros((100, 180)), np.column_stack([8 + 5 * rows, 8 + 5 * cols]), 12
    )
    tissue = lay_folds(patches, y, 2, np.arange(512))
    for train, test in tissue.folds:
        away = patches.positions[train][:, None] - patches.positions[test]
        assert (np.abs(away[..., 1:]) >= 12).any(axis=2).all()
    found = recommend_settings(X, y, patches, ks=[3], max_samples=300, **QUICK)
    assert found.choices[0].values.tolist() == [3]


def test_rows_without_a_region_are_no_region_and_count_as_rows():
    X, y, blocks = planted(3, n=160)
    named = np.array(["a", "b", ""])[y]
    found = recommend_settings(X, named, blocks, ks=[3], unannotated="", **QUICK)
    numbers = recommend_settings(
        X, np.array([0, 1, -1])[y], blocks, ks=[3], unannotated=-1, **QUICK
    )
    assert str(found) == str(numbers)


def test_all_rows_and_features_are_predicted_once():
    X, y, blocks = planted(3, n=240)
    tissue = lay_folds(blocks, y, 3, np.arange(240))
    errors = hidden_errors(X, 3, tissue, np.random.RandomState(0))
    assert errors.shape == (240,)
    # The parts are there: far less is missed than there is.
    assert errors.sum() < 0.1 * np.square(X).sum()


def test_the_estimate_is_the_localization_score(rng):
    codes = rng.integers(-1, 3, 300)
    marks = rng.random((2, 300, 3)) < 0.4
    marks |= codes[:, None] == np.arange(3)
    tissue = lay_folds(np.arange(300) // 10, codes, 3, np.arange(300))
    scores = resampled_localization(marks, codes, tissue, 50, np.random.RandomState(0))
    assert scores.shape == (51, 2)
    for at in range(2):
        expected = factor_localization_score(
            marks[at].astype(float), codes, [0, 1, 2], unannotated=-1
        )
        assert scores[0, at] == pytest.approx(expected)


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"ks": 3}, TypeError, "ks=3"),
        ({"ks": [2, 2]}, ValueError, "each once"),
        ({"ks": [40]}, ValueError, "must be from 1 to 12"),
        ({"lams": 1.0}, TypeError, "lams=1.0"),
        ({"lams": []}, ValueError, "lams is empty"),
        ({"lams": [-1.0]}, ValueError, r"lams\[0\]"),
        ({"n_clusters": [1.5]}, TypeError, "n_clusters="),
        ({"blocks": None}, TypeError, "blocks=None"),
        ({"blocks": [1, 2]}, ValueError, "blocks tells where 2 rows lie"),
        ({"blocks": np.arange(240) // 100}, ValueError, "too few for n_folds=3"),
        ({"y": [1, 2]}, ValueError, "inconsistent numbers of rows"),
        ({"y": np.full(240, -1), "unannotated": -1}, ValueError, "no annotated row"),
        ({"X": -np.ones((240, 4))}, ValueError, "Negative values in data passed"),
        ({"n_folds": 1}, ValueError, "n_folds=1"),
        ({"confidence": 2}, ValueError, "confidence=2"),
    ],
)
def test_wrong_arguments_are_named(change, error, message):
    X, y, blocks = planted(3, n=240)
    arguments = {"X": X, "y": y, "blocks": blocks, "ks": [3]} | change
    with pytest.raises(error, match=message):
        recommend_settings(**arguments)
