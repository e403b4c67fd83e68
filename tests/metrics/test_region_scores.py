"""Tests of sklearn_microarch.metrics._region_scores."""

import numpy as np
import pytest
from sklearn.metrics import (
    balanced_accuracy_score,
    f1_score,
    precision_score,
    recall_score,
)

from sklearn_microarch.metrics import region_scores


@pytest.fixture
def predictions(rng):
    """Return regions of unequal shares and predictions right in most rows."""
    y_true = rng.choice([2, 4, 5, 9], size=500, p=[0.6, 0.25, 0.1, 0.05])
    y_pred = np.where(rng.random(500) < 0.7, y_true, rng.choice([2, 4, 5, 9], 500))
    return y_true, y_pred


def test_scores_are_those_of_scikit_learn(predictions):
    y_true, y_pred = predictions
    scores = region_scores(y_true, y_pred)
    for ours, theirs in (
        (scores.recall, recall_score(y_true, y_pred, average=None)),
        (scores.precision, precision_score(y_true, y_pred, average=None)),
        (scores.f1, f1_score(y_true, y_pred, average=None)),
    ):
        np.testing.assert_allclose(ours, theirs)
    assert scores.balanced_accuracy == pytest.approx(
        balanced_accuracy_score(y_true, y_pred)
    )
    assert scores.macro_f1 == pytest.approx(f1_score(y_true, y_pred, average="macro"))


def test_an_absent_region_has_no_recall_and_still_takes_rows_from_others(predictions):
    y_true, y_pred = predictions
    present = y_true != 9
    scores = region_scores(y_true[present], y_pred[present], regions=[2, 4, 5, 9])
    assert np.isnan(scores.recall[3])
    assert np.isnan(scores.f1[3])
    assert scores.precision[3] == 0
    assert scores.scored.tolist() == [True, True, True, False]
    expected = f1_score(
        y_true[present], y_pred[present], labels=[2, 4, 5], average="macro"
    )
    assert scores.macro_f1 == pytest.approx(expected)
    assert scores.balanced_accuracy == pytest.approx(np.mean(scores.recall[:3]))


def test_a_region_that_is_never_predicted_has_no_precision():
    scores = region_scores([1, 1, 2], [1, 1, 1])
    assert np.isnan(scores.precision[1])
    assert scores.recall.tolist() == [1, 0]
    assert scores.f1.tolist() == [0.8, 0]


def test_small_regions_are_marked_and_in_no_mean(predictions):
    y_true, y_pred = predictions
    scores = region_scores(y_true, y_pred, min_rows=40)
    assert scores.scored.tolist() == [True, True, True, False]
    assert scores.balanced_accuracy == pytest.approx(scores.recall[:3].mean())
    assert "9 *" in str(scores)
    assert str(scores).endswith("* fewer than 40 rows: not in the mean")
    assert [row["scored"] for row in scores.to_rows()] == scores.scored.tolist()


def test_unannotated_rows_do_not_count(predictions):
    y_true, y_pred = predictions
    whole = region_scores(
        np.append(y_true, [-1] * 9), np.append(y_pred, [2] * 9), unannotated=-1
    )
    assert whole.to_rows() == region_scores(y_true, y_pred).to_rows()


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="min_rows=4 is more than the 2 rows"):
        region_scores([1, 1, 2], [1, 1, 2], min_rows=4)
    with pytest.raises(ValueError, match="y_pred has 2 rows, but there are 3"):
        region_scores([1, 1, 2], [1, 1])
    with pytest.raises(TypeError, match="y_pred has dtype <U1"):
        region_scores([1, 2], ["1", "2"])
