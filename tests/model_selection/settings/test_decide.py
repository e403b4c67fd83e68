"""Tests of the rules in sklearn_microarch.model_selection.settings._decide."""

import numpy as np
import pytest

from sklearn_microarch.model_selection import MeasuredCurve
from sklearn_microarch.model_selection.settings._decide import (
    decide_lam,
    decide_number,
)

VALUES = np.array([2, 4, 8, 16])


def curve(estimate, as_good=(True,) * 4):
    behind = np.where(as_good, -0.1, 0.1)
    values = np.asarray(estimate, dtype=float)
    return MeasuredCurve(values, values, values, behind, behind)


def decide(again, error, marks=(True,) * 4):
    return decide_number(
        VALUES,
        curve(np.zeros(4), error),
        curve(again),
        curve(np.zeros(4), marks),
        what="factors",
        enough=0.9,
    )


@pytest.mark.parametrize(
    "again, error, marks, value, words",
    [
        # The smallest that is as good in both and found again.
        ([1, 1, 1, 0.5], [0, 1, 1, 1], [1, 1, 1, 1], 4, "with more than 8 not all"),
        ([1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1], 8, "by less than its interval"),
        # Stability has gaps: nothing is said of a limit.
        ([1, 1, 0.5, 1], [0, 1, 1, 1], [1, 1, 1, 1], 4, "less than its interval."),
        # What does better is not found again: the largest that is.
        ([1, 1, 0.5, 0.5], [0, 0, 1, 1], [1, 1, 1, 1], 4, "lower the held-out error"),
        ([1, 1, 0.5, 0.5], [0, 1, 1, 1], [0, 0, 1, 1], 4, "mark the regions better"),
        # Nothing is found again; only the most will do.
        ([0.5, 0.5, 0.5, 0.5], [1, 1, 1, 1], [1, 1, 1, 1], None, "at none of the"),
        ([1, 1, 1, 1], [0, 0, 0, 1], [1, 1, 1, 1], None, "try more"),
        # The most are as good as others that are not found again.
        ([0.5, 0.5, 0.5, 1], [0, 0, 1, 1], [1, 1, 1, 1], 16, "fewer factors do worse"),
    ],
)
def test_a_number_of_factors(again, error, marks, value, words):
    found, reason = decide(again, np.array(error, bool), np.array(marks, bool))
    assert found == value
    assert words in reason


@pytest.mark.parametrize(
    "good, value, words",
    [
        ([1, 1, 1], None, "any lambda from 0.5 to 4"),
        ([1, 1, 0], 1.5, "from 0.5 to 1.5"),
        ([0, 0, 1], 4.0, "best with 4"),
    ],
)
def test_lambda_is_the_one_nearest_to_the_usual(good, value, words):
    behind = np.where(good, 0.0, 0.1)
    marks = MeasuredCurve(*np.zeros((3, 3)), behind, behind)
    # Of 0.5 and 1.5, as near, the first counts.
    lams = np.array([0.4, 1.5, 4.0]) if value == 1.5 else np.array([0.5, 1.5, 4.0])
    found, reason = decide_lam(lams, marks)
    assert found == value
    assert words.replace("0.5", f"{lams[0]:g}") in reason
