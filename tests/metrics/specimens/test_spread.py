"""Tests of sklearn_microarch.metrics.specimens._spread."""

import numpy as np
import pytest
from scipy.stats import f_oneway, ttest_ind

from sklearn_microarch.metrics.specimens._spread import (
    distances_of,
    farthest_pair,
    pairs_within,
    percentile_of,
    ratio_of,
    spread_of,
)

ONE_GROUP = np.zeros(2, dtype=int)


def moments(samples):
    means = np.array([one.mean(axis=0) for one in samples])
    variances = np.array([one.var(axis=0, ddof=1) / len(one) for one in samples])
    return means, variances


def test_spread_of_two_specimens_is_the_t_of_welch(rng):
    samples = [rng.normal(size=(9, 4)), rng.normal(1.0, 2.0, size=(14, 4))]
    expected = ttest_ind(*samples, equal_var=False).statistic
    np.testing.assert_allclose(spread_of(*moments(samples), ONE_GROUP), abs(expected))


def test_spread_of_many_specimens_of_equal_size_is_the_root_of_f(rng):
    samples = [rng.normal(size=(8, 3)) for _ in range(5)]
    expected = f_oneway(*samples).statistic
    found = spread_of(*moments(samples), np.zeros(5, dtype=int))
    np.testing.assert_allclose(found**2, expected)


def test_what_groups_differ_by_adds_nothing_to_the_spread(rng):
    groups = np.array([0, 0, 1, 1])
    means, variances = rng.normal(size=(4, 3)), np.ones((4, 3))
    shifted = means + 100 * groups[:, None]
    np.testing.assert_allclose(
        spread_of(shifted, variances, groups), spread_of(means, variances, groups)
    )
    assert pairs_within(groups) == [(0, 1), (2, 3)]
    assert farthest_pair(np.array([0.0, 1.0, 9.0, 7.0]), groups) == (2, 3)


def test_values_that_vary_nowhere_have_no_spread_or_an_endless_one():
    none = np.zeros((2, 1))
    assert spread_of(none, none, ONE_GROUP) == [0.0]
    assert spread_of(np.array([[0.0], [1.0]]), none, ONE_GROUP) == [np.inf]


def test_distance_is_the_share_that_would_have_to_move():
    shares = np.array([[0.5, 0.5, 0.0], [0.2, 0.5, 0.3]])
    assert distances_of(shares, ONE_GROUP) == pytest.approx([0.3])


def test_a_percentile_is_one_of_the_values_also_among_infinite_ones():
    values = np.array([np.inf, 1.0, 3.0, 2.0])
    assert percentile_of(values, 0.5) == 3.0
    assert percentile_of(values, 0.99) == np.inf
    # As many of 19 draws lie beyond it as in a test at the 5 % level.
    assert percentile_of(np.arange(19.0), 0.95) == 18.0


def test_ratios_of_nothing_and_of_negative_means():
    more, less = np.array([2.0, 2.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0, -1.0])
    np.testing.assert_array_equal(ratio_of(more, less), [2.0, np.inf, 1.0, np.nan])
