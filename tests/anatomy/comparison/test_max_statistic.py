"""Permutation p values: against SciPy, by hand, and under the null hypothesis."""

from math import comb

import numpy as np
import pytest
from scipy.stats import permutation_test, ttest_ind

from sklearn_microarch.anatomy.comparison._max_statistic import permute
from sklearn_microarch.anatomy.comparison._permutations import (
    count_relabellings,
    least_animals,
    relabel,
    smallest_p_value,
)
from sklearn_microarch.anatomy.comparison._prior_variance import (
    prior_freedom,
    prior_variance,
)


def run_tests(
    values, n_first, *, paired=False, n_permutations=9999, scale=None, seed=0
):
    """Run all tests of values (n, k)."""
    n_tests = values.shape[1]
    return permute(
        values,
        n_first,
        paired=paired,
        tested=np.ones(n_tests, dtype=bool),
        scale=np.ones(n_tests) if scale is None else scale,
        n_permutations=n_permutations,
        rng=np.random.RandomState(seed),
    )


@pytest.mark.parametrize("sizes", [(4, 4), (3, 5)])
def test_a_single_test_is_that_of_scipy(rng, sizes):
    values = rng.normal(size=(sum(sizes), 1))
    values[sizes[0] :] += 1.2
    found = run_tests(values, sizes[0])
    expected = permutation_test(
        (values[: sizes[0], 0], values[sizes[0] :, 0]),
        lambda a, b, axis: abs(ttest_ind(a, b, axis=axis, equal_var=False).statistic),
        alternative="greater",
        n_resamples=np.inf,
        vectorized=True,
    )
    assert found.is_exact
    assert found.n_permutations == comb(sum(sizes), sizes[0])
    assert found.p_value[0] == pytest.approx(expected.pvalue)
    # One test has nothing to be corrected for.
    assert found.p_corrected[0] == found.p_value[0]


def test_pairs_change_signs(rng):
    differences = rng.normal(0.8, 1, size=(7, 1))
    expected = permutation_test(
        (differences[:, 0],),
        lambda d, axis: np.abs(d.mean(axis)) / d.std(axis, ddof=1),
        permutation_type="samples",
        alternative="greater",
        n_resamples=np.inf,
        vectorized=True,
    )
    found = run_tests(differences, 7, paired=True)
    assert found.n_permutations == 2**7
    assert found.p_value[0] == pytest.approx(expected.pvalue)


def test_corrected_p_values_are_between_their_own_and_bonferroni(rng):
    values = rng.normal(size=(10, 12))
    values[5:, :3] += 2
    found = run_tests(values, 5)
    assert (found.p_corrected >= found.p_value - 1e-12).all()
    assert found.p_corrected.min() <= 12 * found.p_value.min()


def test_tests_that_say_the_same_need_no_correction(rng):
    one = rng.normal(size=(8, 1))
    found = run_tests(
        np.hstack([one, 3 * one, -2 * one]), 4, scale=np.array([1, 3, 2.0])
    )
    np.testing.assert_allclose(found.p_corrected, found.p_value[0])


def test_the_scale_of_a_measure_does_not_matter(rng):
    values = rng.lognormal(size=(9, 4))
    scale = np.sqrt((values**2).mean(axis=0))
    units = np.array([1, 1e3, 1e-6, 7.0])
    ours, others = (
        run_tests(values, 4, scale=scale),
        run_tests(values * units, 4, scale=scale * units),
    )
    np.testing.assert_array_equal(ours.p_corrected, others.p_corrected)


def test_no_more_is_found_than_chance_allows_where_there_is_nothing(rng):
    """Corrected p values of the clearest of many dependent, skewed tests."""
    n_tries, found = 400, 0
    for _ in range(n_tries):
        shared = rng.normal(size=(8, 1))
        values = np.exp(0.3 * (shared + rng.normal(size=(8, 15))))
        found += run_tests(values, 4).p_corrected.min() <= 0.05
    # 2 of 70 relabellings: 11.4 expected; 5 % would be 20, more than 27 improbable.
    assert 2 <= found <= 27


def test_what_is_found_among_others_is_found_by_the_moderated_variance(rng):
    n_tries, found, wrong = 100, 0, 0
    for _ in range(n_tries):
        values = 1 + 0.12 * rng.normal(size=(8, 40))
        values[4:, 0] -= 0.45
        p = run_tests(values, 4).p_corrected
        found, wrong = found + (p[0] <= 0.05), wrong + (p[1:].min() <= 0.05)
    assert found >= 80
    assert wrong <= 10


@pytest.mark.parametrize(("n_animals", "paired"), [(8, False), (10, False), (6, True)])
def test_what_differs_in_some_tests_makes_no_finding_of_the_others(
    rng, n_animals, paired
):
    """Eighteen of twenty differ by far, as where a treatment changes most factors."""
    n_first, n_tries, found, single = n_animals // 2, 100, 0, 0.0
    differs = np.arange(n_animals) >= (0 if paired else n_first)
    for _ in range(n_tries):
        values = rng.normal(size=(n_animals, 20))
        values[differs, :18] += 6
        result = run_tests(values, n_animals if paired else n_first, paired=paired)
        assert (result.p_corrected[:18] <= 0.05).mean() > 0.8
        found += (result.p_corrected[18:] <= 0.05).any()
        single += (result.p_value[18:] <= 0.05).mean()
    # 5 expected at most; more than 11 improbable.
    assert found <= 11
    assert single / n_tries <= 0.11


def test_random_relabellings_come_near_to_all(rng):
    values = rng.normal(size=(12, 5)) + np.outer(np.arange(12) >= 6, np.arange(5) / 3)
    exact, random = run_tests(values, 6), run_tests(values, 6, n_permutations=900)
    assert exact.is_exact
    assert not random.is_exact
    assert random.n_permutations == 900
    np.testing.assert_allclose(random.p_corrected, exact.p_corrected, atol=0.06)
    again = run_tests(values, 6, n_permutations=900)
    np.testing.assert_array_equal(random.p_value, again.p_value)
    # The labels as they are count, so that no p value is 0.
    far = values + 100 * (np.arange(12) >= 6)[:, np.newaxis]
    assert run_tests(far, 6, n_permutations=99).p_value.min() >= 1 / 100


def test_animals_that_lack_a_region_are_left_out_there(rng):
    values = rng.normal(size=(9, 2))
    values[4, 0] = np.nan
    # With no second test to learn from, the first is that of the others alone.
    alone = run_tests(np.delete(values, 4, axis=0)[:, :1], 4)
    with_gap = run_tests(values[:, :1], 5)
    assert with_gap.p_value[0] == pytest.approx(alone.p_value[0], abs=0.05)
    assert np.isfinite(run_tests(values, 5).p_corrected).all()


def test_tests_that_are_not_made_have_no_p_value_and_correct_nothing(rng):
    values = rng.normal(size=(8, 3))
    found = permute(
        values,
        4,
        paired=False,
        tested=np.array([True, False, True]),
        scale=np.ones(3),
        n_permutations=9999,
        rng=np.random.RandomState(0),
    )
    expected = run_tests(values[:, [0, 2]], 4)
    np.testing.assert_array_equal(found.p_corrected[[0, 2]], expected.p_corrected)
    assert np.isnan(found.p_corrected[1])


def test_five_pairs_of_six_have_the_p_values_of_five(rng):
    values = rng.normal(4, 1, size=(6, 12))
    values[2, 0] = np.nan
    found = run_tests(values, 6, paired=True)
    assert found.p_value[0] == pytest.approx(2 / 2**5)
    assert found.p_value[1:].min() == pytest.approx(2 / 2**6)


def test_groups_without_any_variance_do_not_hide_that_of_the_others(rng):
    values = rng.normal(size=(8, 6))
    values[4:, 0] += 5
    alone = run_tests(values, 4)
    # As where a factor is 0.1 in all animals of a group, and 0.3 in the other.
    stepped = np.repeat([0.1, 0.3], 4)[:, np.newaxis] * np.ones((1, 4))
    both = run_tests(np.hstack([values, stepped]), 4)
    assert both.p_value[6:].tolist() == [pytest.approx(2 / 70)] * 4
    np.testing.assert_allclose(both.p_value[:6], alone.p_value, atol=0.2)


def test_values_that_are_all_alike_are_no_finding():
    values = np.ones((8, 3))
    values[4:, 1] = 2.0
    found = run_tests(values, 4)
    assert found.p_value.tolist() == [1, pytest.approx(2 / 70), 1]


@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize("sizes", [(3, 3), (4, 5), (6, 6)])
def test_all_relabellings_come_once_the_present_one_first(sizes, paired):
    drawn = np.concatenate(
        list(
            relabel(*sizes, paired=paired, n_random=None, rng=np.random.RandomState(0))
        )
    )
    assert len(drawn) == count_relabellings(*sizes, paired=paired)
    assert len(np.unique(drawn, axis=0)) == len(drawn)
    first = np.zeros(sizes[0]) if paired else np.arange(sum(sizes)) < sizes[0]
    np.testing.assert_array_equal(drawn[0], first)


def test_the_least_p_value_is_what_separate_groups_give(rng):
    for sizes in ((3, 3), (3, 4), (4, 4)):
        values = np.concatenate(
            [rng.normal(0, 1, sizes[0]), rng.normal(50, 1, sizes[1])]
        )
        found = run_tests(values[:, np.newaxis], sizes[0]).p_value[0]
        assert found == pytest.approx(smallest_p_value(*sizes, paired=False))
    pairs = rng.normal(50, 1, (5, 1))
    assert run_tests(pairs, 5, paired=True).p_value[0] == pytest.approx(
        smallest_p_value(5, 5, paired=True)
    )
    assert least_animals(0.05, paired=False) == 4
    assert least_animals(0.05, paired=True) == 6


def test_the_prior_is_found_again_from_variances_drawn_by_it(rng):
    s2, d0, freedom = 0.04, 8.0, np.full(5000, 6.0)
    true = s2 * d0 / rng.chisquare(d0, 5000)
    variances = true * rng.chisquare(freedom) / freedom
    assert prior_freedom(variances, freedom) == pytest.approx(d0, rel=0.15)
    assert prior_variance(variances, freedom, d0) == pytest.approx(s2, rel=0.05)


def test_variances_that_differ_by_chance_alone_give_the_strongest_prior(rng):
    freedom = np.full(2000, 6.0)
    variances = rng.chisquare(freedom) / freedom
    assert prior_freedom(variances, freedom) >= 30
    assert prior_freedom(variances[:1], freedom[:1]) == 0
    # Those of 0, and of animals that are not there, tell nothing.
    known = prior_variance(variances, freedom, 5.0)
    variances, freedom = (
        np.append(variances, [0, np.nan]),
        np.append(freedom, [6, np.nan]),
    )
    assert prior_variance(variances, freedom, 5.0) == pytest.approx(known)


def test_a_small_group_that_varies_more_gives_few_false_findings(rng):
    """Four animals that vary twice as much as the eight they are held against."""
    n_tries, found = 120, 0
    spread = np.repeat([0.2, 0.1], [4, 8])[:, np.newaxis]
    for _ in range(n_tries):
        values = 1 + spread * rng.normal(size=(12, 20))
        found += run_tests(values, 4).p_corrected.min() <= 0.05
    # A pooled variance finds something in about one of five.
    assert found <= 14
