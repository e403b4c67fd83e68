"""Tests of sklearn_microarch.metrics._border_recall_curve."""

import numpy as np
import pytest
from sklearn.metrics import recall_score

from sklearn_microarch.metrics import border_recall_curve


@pytest.fixture
def rows(rng):
    """Return regions, predictions and depths; region 7 is thin."""
    y_true = rng.choice([2, 4, 7], size=800)
    y_pred = np.where(rng.random(800) < 0.7, y_true, rng.choice([2, 4, 7, 9], 800))
    depth = np.where(y_true == 7, rng.uniform(1, 40, 800), rng.uniform(1, 100, 800))
    return y_true, y_pred, depth


def test_each_bin_holds_the_recalls_of_its_rows(rows):
    y_true, y_pred, depth = rows
    curve = border_recall_curve(*rows)
    ends = [0, 16, 40, 64, np.inf]
    assert curve.bin_names == ["0-16 px", "16-40 px", "40-64 px", ">= 64 px"]
    for at in range(4):
        here = (depth >= ends[at]) & (depth < ends[at + 1])
        expected = recall_score(
            y_true[here],
            y_pred[here],
            labels=[2, 4, 7],
            average=None,
            zero_division=np.nan,
        )
        np.testing.assert_allclose(curve.recall[at], expected)
        counts = [(here & (y_true == region)).sum() for region in (2, 4, 7)]
        assert curve.n_rows[at].tolist() == counts
        assert curve.mean_recall[at] == pytest.approx(np.nanmean(expected))
    assert curve.n_regions_in_mean.tolist() == [3, 3, 2, 2]
    assert curve.n_rows.sum() == 800


def test_thin_regions_are_not_in_the_mean_that_compares_depths(rows):
    curve = border_recall_curve(*rows)
    np.testing.assert_allclose(
        curve.mean_recall_of_deep_regions, curve.recall[:, :2].mean(axis=1)
    )
    assert "mean of same 2" in str(curve)
    assert "mean of same" not in str(border_recall_curve(*rows, edges=[0, 20]))


def test_a_bin_holds_its_own_least_distance_and_the_last_has_no_end():
    curve = border_recall_curve([1] * 4, [1] * 4, [15.9, 16, 64, np.inf])
    assert curve.n_rows.ravel().tolist() == [1, 1, 0, 2]
    assert np.isnan(curve.mean_recall[2])
    assert "- (0)" in str(curve)


def test_one_bin_is_the_recall_of_all_rows(rows):
    y_true, y_pred, _ = rows
    curve = border_recall_curve(*rows, edges=[0])
    expected = recall_score(y_true, y_pred, labels=[2, 4, 7], average=None)
    np.testing.assert_allclose(curve.recall[0], expected)


def test_the_table_has_a_row_for_each_distance_and_region(rows):
    table = border_recall_curve(*rows, regions=[2, 4, 7, 8]).to_rows()
    assert len(table) == 16
    assert table[3] == {
        "distance": "0-16 px",
        "region": 8,
        "n_rows": 0,
        "recall": pytest.approx(np.nan, nan_ok=True),
    }


def test_unannotated_rows_do_not_count(rows):
    more = [np.append(a, [b] * 30) for a, b in zip(rows, (-1, 2, 0), strict=True)]
    whole = border_recall_curve(*more, unannotated=-1)
    np.testing.assert_array_equal(whole.n_rows, border_recall_curve(*rows).n_rows)


@pytest.mark.parametrize("edges", [[], [1, 2], [0, 5, 5], [0, 9, 3]])
def test_edges_ascend_from_zero(rows, edges):
    with pytest.raises(ValueError, match="must ascend from 0"):
        border_recall_curve(*rows, edges=edges)


@pytest.mark.parametrize("bad", [-1, np.nan])
def test_bad_distances_are_named(bad):
    with pytest.raises(ValueError, match="distances holds negative values or NaN"):
        border_recall_curve([1, 2], [1, 2], [3, bad])
