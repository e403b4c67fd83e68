"""Tests of sklearn_microarch.selection._match_regions."""

from itertools import combinations, permutations

import numpy as np
import pytest

from sklearn_microarch.selection._match_regions import match_greedily, match_optimally


def every_matching(scores, n_pairs):
    """Yield (total, pairs sorted by factor) for each possible matching."""
    n_factors, n_regions = scores.shape
    for factors in combinations(range(n_factors), n_pairs):
        for regions in permutations(range(n_regions), n_pairs):
            pairs = tuple(zip(factors, regions, strict=True))
            yield sum(scores[pair] for pair in pairs), pairs


def as_pairs(matching):
    return tuple(sorted(zip(*(side.tolist() for side in matching), strict=True)))


def test_the_greedy_matching_can_miss_the_largest_sum():
    scores = np.array([[10.0, 9.0], [9.0, 0.0]])
    assert as_pairs(match_greedily(scores, 2)) == ((0, 0), (1, 1))
    assert as_pairs(match_optimally(scores, 2)) == ((0, 1), (1, 0))


@pytest.mark.parametrize("match", [match_greedily, match_optimally])
@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4)])
def test_no_factor_and_no_region_is_used_twice(rng, match, shape):
    for n_pairs in range(1, min(shape) + 1):
        factors, regions = match(rng.normal(size=shape), n_pairs)
        assert len(set(factors.tolist())) == len(set(regions.tolist())) == n_pairs


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4)])
def test_the_optimal_sum_is_the_largest_of_all_matchings(rng, shape):
    for n_pairs in range(1, min(shape) + 1):
        for _ in range(10):
            scores = rng.normal(size=shape)
            total = scores[match_optimally(scores, n_pairs)].sum()
            best = max(total for total, _ in every_matching(scores, n_pairs))
            assert total == pytest.approx(best)


def test_optimal_ties_go_to_the_lowest_factor_then_the_lowest_region(rng):
    for _ in range(40):
        scores = rng.integers(-1, 2, size=(4, 3)).astype(float)
        n_pairs = int(rng.integers(1, 4))
        matchings = list(every_matching(scores, n_pairs))
        best = max(total for total, _ in matchings)
        expected = min(pairs for total, pairs in matchings if total == best)
        assert as_pairs(match_optimally(scores, n_pairs)) == expected


@pytest.mark.parametrize("match", [match_greedily, match_optimally])
def test_equal_scores_pair_in_order(match):
    factors, regions = match(np.zeros((4, 3)), 3)
    assert factors.tolist() == [0, 1, 2]
    assert regions.tolist() == [0, 1, 2]


@pytest.mark.parametrize("match", [match_greedily, match_optimally])
def test_the_best_pair_comes_first(rng, match):
    scores = rng.normal(size=(7, 5))
    chosen = scores[match(scores, 5)]
    assert (np.diff(chosen) <= 0).all()


@pytest.mark.parametrize("match", [match_greedily, match_optimally])
def test_the_scores_are_not_modified(rng, match):
    scores = rng.normal(size=(4, 3))
    before = scores.copy()
    match(scores, 3)
    np.testing.assert_array_equal(scores, before)
