"""Tests of sklearn_microarch.decomposition._match_factors."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.pairwise import cosine_similarity

from sklearn_microarch.decomposition import NMFEmbedder, match_factors
from sklearn_microarch.decomposition._match_factors import matched_cosine


def test_a_permutation_of_factors_of_any_length_is_undone(rng):
    components = rng.gamma(0.3, size=(7, 20))
    order = rng.permutation(7)
    scaled = components[order] * rng.uniform(0.1, 10.0, size=(7, 1))
    matching = match_factors(components, scaled)
    np.testing.assert_array_equal(order[matching.b], matching.a)
    np.testing.assert_allclose(matching.similarity, 1.0)
    np.testing.assert_allclose(matching.confidence, 1.0)


def test_similarities_are_those_of_scikit_learn_and_the_assignment_of_scipy(rng):
    one, other = rng.gamma(0.5, size=(5, 12)), rng.gamma(0.5, size=(8, 12))
    matching = match_factors(one, other)
    cosines = cosine_similarity(one, other)
    np.testing.assert_allclose(matching.similarities, cosines)
    rows, columns = linear_sum_assignment(-cosines)
    np.testing.assert_array_equal(matching.a, rows)
    np.testing.assert_array_equal(matching.b, columns)
    assert len(matching.unmatched_b) == 3


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_neither_overflow_nor_underflow_changes_a_cosine(rng, scale):
    one, other = rng.uniform(size=(3, 5)), rng.uniform(size=(4, 5))
    found = match_factors(scale * one, other / scale)
    np.testing.assert_allclose(found.similarities, cosine_similarity(one, other))


def test_turning_the_sides_round_turns_the_pairs_round(rng):
    one, other = rng.gamma(0.5, size=(4, 9)), rng.gamma(0.5, size=(6, 9))
    there, back = match_factors(one, other), match_factors(other, one)
    assert set(zip(there.a, there.b, strict=True)) == set(
        zip(back.b, back.a, strict=True)
    )
    np.testing.assert_array_equal(there.unmatched_b, back.unmatched_a)
    assert np.sort(there.confidence) == pytest.approx(np.sort(back.confidence))


def test_equal_factors_are_a_tie():
    one = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 1.0]])
    matching = match_factors(one, one)
    assert matching.confidence.tolist() == [0.0, 0.0, 1.0]


def test_a_factor_that_is_zero_everywhere_is_left_over(rng):
    components = rng.uniform(size=(3, 5))
    padded = np.vstack([components[:1], np.zeros((1, 5)), components[1:]])
    matching = match_factors(padded, padded)
    assert matching.a.tolist() == matching.b.tolist() == [0, 2, 3]
    assert matching.unmatched_a.tolist() == matching.unmatched_b.tolist() == [1]


def test_loadings_on_the_same_rows_match_factors_of_different_features(rng, tmp_path):
    """Also from a memory map, longer than a batch."""
    loadings = rng.gamma(0.3, size=(40_000, 4)).astype(np.float32)
    order = rng.permutation(4)
    np.save(tmp_path / "loadings.npy", loadings)
    mapped = np.load(tmp_path / "loadings.npy", mmap_mode="r")
    matching = match_factors(mapped.T, 3.0 * loadings[:, order].T)
    np.testing.assert_array_equal(order[matching.b], matching.a)
    exact = loadings.T.astype(np.float64)
    np.testing.assert_allclose(
        matching.similarities, cosine_similarity(exact, exact[order])
    )
    assert matching.confidence.min() > 0.99


def test_factors_that_data_determine_are_found_again_from_another_seed(rng):
    parts = np.kron(np.eye(4), np.ones(5)) + 0.05 * rng.uniform(size=(4, 20))
    X = rng.gamma(0.3, size=(500, 4)) @ parts
    one, other = (NMFEmbedder(4, random_state=seed).fit(X) for seed in (0, 1))
    matching = match_factors(one.components_, other.components_)
    assert matching.similarity.min() > 0.99
    assert matching.confidence.min() > 0.8


def test_mean_cosine_counts_components_without_a_partner_as_zero():
    one = np.eye(4)[:3]
    assert matched_cosine(one, 2.0 * one[::-1]) == pytest.approx(1.0)
    assert matched_cosine(one, np.eye(4)[[3, 0, 1]]) == pytest.approx(2 / 3)


ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    "one, other, error, words",
    [
        (ONES, np.ones((2, 4)), ValueError, "components_a has 3 features and .* 4"),
        (ONES[0], ONES, ValueError, r"components_a has shape \(3,\)"),
        (ONES, np.ones((0, 3)), ValueError, r"components_b has shape \(0, 3\)"),
        (ONES, -ONES, ValueError, "components_b holds negative values"),
        (ONES * np.nan, ONES, ValueError, "components_a contains NaN"),
        (ONES, ONES * np.inf, ValueError, "components_b contains infinity"),
        (np.ones((10_001, 3)), ONES, ValueError, "components_a .* loadings transposed"),
        (ONES.astype(complex), ONES, ValueError, "Complex data not supported"),
        ([["x", "y", "z"]], ONES, TypeError, "components_a has dtype <U1"),
    ],
)
def test_bad_components_are_named(one, other, error, words):
    with pytest.raises(error, match=words):
        match_factors(one, other)
