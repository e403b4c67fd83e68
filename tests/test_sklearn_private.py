"""Tests of sklearn_microarch._sklearn_private."""

from numbers import Integral, Real

import numpy as np
import pytest

from sklearn_microarch._sklearn_private import Interval


@pytest.mark.parametrize("value", [1, np.int8(1), 2**31 - 1])
def test_counts_are_integers_that_can_be_counted_to(value):
    assert Interval(Integral, 1, None, closed="left").is_satisfied_by(value)


@pytest.mark.parametrize("value", [0, True, 1.0, 2**31, 10**27, 1e27, 10**400, "1"])
def test_what_cannot_be_counted_to_is_refused(value):
    assert not Interval(Integral, 1, None, closed="left").is_satisfied_by(value)


@pytest.mark.parametrize("value", [True, 10**400, np.inf, np.nan, -1.0, None])
def test_numbers_are_finite_and_no_booleans(value):
    interval = Interval(Real, 0, None, closed="left")
    assert not interval.is_satisfied_by(value)
    assert interval.is_satisfied_by(np.float32(2))


def test_the_message_says_how_far_counts_go():
    assert str(Interval(Integral, 1, None, closed="left")) == (
        "an int in the range [1, 2147483647]"
    )
