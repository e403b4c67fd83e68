"""Tests of sklearn_microarch.metrics.specimens._scores_by_specimen."""

import numpy as np
import pytest

from sklearn_microarch.metrics import region_scores, scores_by_specimen


@pytest.fixture
def rows(rng):
    """Return regions, predictions and specimens of 300 rows, -1 for no region."""
    y_true = rng.choice([-1, 4, 5, 9], size=300)
    y_pred = np.where(rng.random(300) < 0.6, y_true, rng.choice([4, 5, 9], size=300))
    return y_true, y_pred, rng.choice(["m2", "m1", "m10"], size=300, p=[0.6, 0.3, 0.1])


def test_each_specimen_has_the_scores_of_its_own_rows(rows):
    y_true, y_pred, groups = rows
    scores = scores_by_specimen(*rows, unannotated=-1)
    assert scores.specimens.tolist() == ["m1", "m10", "m2"]
    assert scores.recall.shape == (3, 3)
    for at, specimen in enumerate(scores.specimens):
        own = groups == specimen
        alone = region_scores(y_true[own], y_pred[own], unannotated=-1)
        np.testing.assert_array_equal(scores.recall[at], alone.recall)
        assert scores.balanced_accuracy[at] == alone.balanced_accuracy
    table = scores.to_rows()
    assert len(table) == 9
    assert {row["specimen"] for row in table} == {"m1", "m2", "m10"}
    assert sum(row["n_rows"] for row in table) == (y_true >= 0).sum()


def test_a_region_that_a_specimen_lacks_is_marked_and_not_in_its_mean(rows):
    y_true, y_pred, groups = rows
    y_true[(groups == "m2") & (y_true == 9)] = -1
    scores = scores_by_specimen(y_true, y_pred, groups, unannotated=-1)
    assert np.isnan(scores.recall[2, 2])
    assert scores.balanced_accuracy[2] == scores.recall[2, :2].mean()
    printed = str(scores)
    assert "m2 *" in printed
    assert "* lacks rows of a region" in printed
    assert "m1 *" not in printed


def test_a_specimen_without_annotation_is_named(rows):
    y_true, y_pred, groups = rows
    y_true[groups == "m10"] = -1
    with pytest.raises(ValueError, match="specimen 'm10' has no annotated row among"):
        scores_by_specimen(y_true, y_pred, groups, unannotated=-1)


def test_lengths_that_differ_are_named(rows):
    with pytest.raises(ValueError, match="groups"):
        scores_by_specimen(rows[0], rows[1], rows[2][:-1], unannotated=-1)
