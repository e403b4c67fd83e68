"""Intervals and numbers of animals, against SciPy and by simulation."""

import numpy as np
import pytest
from scipy.stats import ttest_ind, ttest_rel

from sklearn_microarch.anatomy.comparison._intervals import (
    animals_needed,
    estimate_groups,
    estimate_pairs,
)


def test_intervals_of_groups_are_welchs(rng):
    first, second = rng.normal(size=(4, 3)), rng.normal(1, 2, size=(7, 3))
    found = estimate_groups(first, second, 0.9)
    expected = ttest_ind(second, first, equal_var=False)
    interval = expected.confidence_interval(0.9)
    np.testing.assert_allclose(found.low, interval.low)
    np.testing.assert_allclose(found.high, interval.high)
    np.testing.assert_allclose(found.p_value, expected.pvalue)


def test_intervals_of_pairs_are_students(rng):
    first, second = rng.normal(size=(5, 3)), rng.normal(1, 2, size=(5, 3))
    found = estimate_pairs(first, second, 0.95)
    expected = ttest_rel(second, first)
    np.testing.assert_allclose(found.low, expected.confidence_interval().low)
    np.testing.assert_allclose(found.p_value, expected.pvalue)


def test_missing_animals_are_left_out_in_both_kinds(rng):
    first, second = rng.normal(size=(5, 1)), rng.normal(size=(5, 1))
    first[2] = np.nan
    found = estimate_groups(first, second, 0.95)
    expected = estimate_groups(np.delete(first, 2, axis=0), second, 0.95)
    assert found.low[0] == pytest.approx(expected.low[0])
    assert found.counts.tolist() == [[4, 5]]
    pairs = estimate_pairs(first, second, 0.95)
    expected = estimate_pairs(
        *(np.delete(one, 2, axis=0) for one in (first, second)), 0.95
    )
    assert pairs.counts.tolist() == [[4, 4]]
    assert pairs.high[0] == pytest.approx(expected.high[0])


def test_one_animal_gives_a_difference_and_no_interval():
    found = estimate_groups(np.ones((1, 1)), np.full((3, 1), 2.0), 0.95)
    assert found.difference[0] == 1
    assert np.isnan(found.low[0])


@pytest.mark.parametrize("n_animals", [3, 5, 8])
def test_intervals_hold_the_truth_as_often_as_they_say(rng, n_animals):
    n_tries = 4000
    first = np.exp(rng.normal(0, 0.15, (n_animals, n_tries)))
    second = 0.7 * np.exp(rng.normal(0, 0.15, (n_animals, n_tries)))
    found = estimate_groups(first, second, 0.95)
    truth = -0.3 * np.exp(0.15**2 / 2)
    share = ((found.low <= truth) & (truth <= found.high)).mean()
    # Welch's is a little careful with few animals.
    assert 0.94 <= share <= 0.975


@pytest.mark.parametrize("paired", [False, True])
def test_so_many_animals_find_it_four_times_in_five(rng, paired):
    needed = int(animals_needed(1.0, paired=paired, least=2))
    n_tries = 4000
    first = rng.normal(size=(needed, n_tries))
    second = rng.normal(1, 1, size=(needed, n_tries))
    if paired:
        p_value = ttest_rel(second - 0, np.zeros_like(second)).pvalue
    else:
        p_value = ttest_ind(first, second).pvalue
    assert 0.78 <= (p_value < 0.05).mean() <= 0.86


def test_numbers_known_from_tables_of_power():
    # Cohen's d of 0.8, 0.5 and 0.2: 26, 64 and 394 per group.
    found = [animals_needed(d, paired=False, least=4) for d in (0.8, 0.5, 0.2)]
    assert found == [26, 64, 394]
    assert animals_needed(np.inf, paired=False, least=4) == 4
    assert animals_needed(0.0, paired=False, least=4) == np.inf
    assert np.isnan(animals_needed(np.nan, paired=False, least=4))
