"""Tests of sklearn_microarch.metrics._calibration_report."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss

from sklearn_microarch.metrics import calibration_report, expected_calibration_error

CLASSES = np.array(["CTX", "VP", "ZI"])


@pytest.fixture
def rows(rng):
    """Return regions of unequal shares, drawn from the probabilities beside them."""
    proba = rng.dirichlet([1.2, 0.5, 0.2], size=4000)
    at = (rng.random(4000)[:, None] > proba.cumsum(axis=1)).sum(axis=1)
    return CLASSES[at], proba


def test_the_points_are_those_of_scikit_learn(rows):
    y_true, proba = rows
    report = calibration_report(y_true, proba, classes=CLASSES, n_bins=8)
    right = CLASSES[proba.argmax(axis=1)] == y_true
    accuracy, confidence = calibration_curve(right, proba.max(axis=1), n_bins=8)
    some = report.n_rows > 0
    np.testing.assert_allclose(report.accuracy[some], accuracy)
    np.testing.assert_allclose(report.confidence[some], confidence)
    assert np.isnan(report.accuracy[~some]).all()
    np.testing.assert_allclose(report.weight, report.n_rows / 4000)
    assert report.brier_score == pytest.approx(brier_score_loss(y_true, proba))
    assert report.log_loss == pytest.approx(log_loss(y_true, proba))


def test_probabilities_that_are_true_have_little_error(rows):
    y_true, proba = rows
    calm = expected_calibration_error(y_true, proba, classes=CLASSES)
    sure = proba**3 / (proba**3).sum(axis=1, keepdims=True)
    report = calibration_report(y_true, sure, classes=CLASSES)
    assert calm < 0.03
    assert report.expected_error > 0.1
    # Too sure in nearly every bin: then both are the same.
    assert report.overconfidence == pytest.approx(report.expected_error, abs=0.01)


def test_the_error_is_that_of_one_bin_where_all_are_equally_sure():
    # Confidence 0.8, right in 1 of 4.
    proba = np.tile([0.8, 0.2], (4, 1))
    report = calibration_report([1, 2, 2, 2], proba, classes=[1, 2])
    assert report.expected_error == pytest.approx(0.55)
    assert report.brier_score == pytest.approx((0.08 + 3 * 1.28) / 4)
    balanced = calibration_report(
        [1, 2, 2, 2], proba, classes=[1, 2], class_balanced=True
    )
    assert balanced.expected_error == pytest.approx(0.3)
    assert balanced.brier_score == pytest.approx((0.08 + 1.28) / 2)


def test_balanced_is_the_same_as_repeating_small_regions(rows):
    y_true, proba = rows
    counts = {region: (y_true == region).sum() for region in CLASSES}
    # Regions cut to one size need no weights.
    least = min(counts.values())
    kept = np.concatenate([np.flatnonzero(y_true == r)[:least] for r in CLASSES])
    even = calibration_report(y_true[kept], proba[kept], classes=CLASSES)
    repeated = np.repeat(kept, np.where(y_true[kept] == "CTX", 5, 1))
    uneven = calibration_report(
        y_true[repeated], proba[repeated], classes=CLASSES, class_balanced=True
    )
    for name in ("confidence", "accuracy", "weight", "brier_score", "log_loss"):
        np.testing.assert_allclose(getattr(uneven, name), getattr(even, name))


def test_columns_follow_classes_in_any_order(rows):
    y_true, proba = rows
    one = calibration_report(y_true, proba, classes=CLASSES)
    other = calibration_report(y_true, proba[:, [2, 0, 1]], classes=["ZI", "CTX", "VP"])
    np.testing.assert_allclose(one.accuracy, other.accuracy)
    assert one.log_loss == pytest.approx(other.log_loss)


def test_single_precision_and_absent_regions_will_do(rows):
    y_true, proba = rows
    here = y_true != "ZI"
    report = calibration_report(
        y_true[here], proba[here].astype(np.float32), classes=CLASSES
    )
    expected = calibration_report(y_true[here], proba[here], classes=CLASSES)
    assert report.log_loss == pytest.approx(expected.log_loss, rel=1e-5)


def test_unannotated_rows_do_not_count(rows):
    y_true, proba = rows
    more = np.append(y_true, [""] * 100), np.append(proba, proba[:100], axis=0)
    whole = calibration_report(*more, classes=CLASSES, unannotated="")
    alone = calibration_report(y_true, proba, classes=CLASSES)
    assert str(whole) == str(alone)
    assert len(alone.to_rows()) == 10


def test_bad_input_is_named():
    proba = [[0.5, 0.5], [0.5, 0.5]]
    with pytest.raises(ValueError, match=r"y_true holds the labels \[3\]"):
        calibration_report([1, 3], proba, classes=[1, 2])
    with pytest.raises(ValueError, match="y_proba has 2 columns for the classes"):
        calibration_report([1, 3], proba, classes=[1, 2, 3])
    with pytest.raises(ValueError, match=r"classes=\[2, 2\] holds a class more than"):
        calibration_report([2, 2], proba, classes=[2, 2])
    with pytest.raises(ValueError, match="rows >= 0 that sum to 1"):
        calibration_report([1, 2], [[0.5, 0.4], [0.5, 0.5]], classes=[1, 2])
    with pytest.raises(ValueError, match="y_true has no annotated row"):
        calibration_report([-1, -1], proba, classes=[1, 2], unannotated=-1)
    with pytest.raises(ValueError, match="n_bins=0 must be at least 1"):
        calibration_report([1, 2], proba, classes=[1, 2], n_bins=0)
