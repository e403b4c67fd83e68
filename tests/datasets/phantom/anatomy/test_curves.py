"""Tests of sklearn_microarch.datasets.phantom.anatomy._curves."""

from itertools import pairwise

import numpy as np
import pytest

from sklearn_microarch.datasets.phantom.anatomy._curves import CURVES, Curve

POINTS = ((10, 100), (50, 140), (90, 120), (200, 125))
# Control points are given in units of this share of a slab's height.
UNIT = 1 / 383.0


@pytest.fixture
def curve():
    return Curve.through(*POINTS)


def test_a_curve_goes_through_its_points(curve):
    at, value = UNIT * np.array(POINTS).T
    np.testing.assert_allclose(curve(at), value, atol=1e-4)


def test_a_curve_does_not_overshoot_and_is_constant_beyond_its_ends(curve):
    values = curve(np.linspace(-1, 2, 1000))
    assert values.min() >= 100 * UNIT - 1e-6
    assert values.max() <= 140 * UNIT + 1e-6
    ends = curve(np.array([-5.0, 5.0]))
    np.testing.assert_allclose(ends, [100 * UNIT, 125 * UNIT], rtol=1e-6)


def test_the_slope_is_that_of_the_curve(curve):
    at = np.linspace(0.05, 0.5, 40)
    step = 1e-3
    secant = (curve(at + step) - curve(at - step)) / (2 * step)
    np.testing.assert_allclose(curve.slope(at), secant, atol=0.05)


def test_borders_from_left_to_right_keep_their_order():
    rows = np.linspace(0, 1, 200)
    names = ["lateral", "hypothalamus", "striatum", "callosum_left", "callosum_right"]
    columns = [CURVES[name](rows) for name in (*names, "right")]
    assert all((left < right).all() for left, right in pairwise(columns))
