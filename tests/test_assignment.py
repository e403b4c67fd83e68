"""Tests of sklearn_microarch._assignment."""

from itertools import permutations

import numpy as np
import pytest

from sklearn_microarch._assignment import match_one_to_one


def matching_of(distances):
    distances = np.asarray(distances, dtype=float)
    return match_one_to_one(1.0 - distances, distances)


@pytest.mark.parametrize("shape", [(5, 5), (3, 6), (6, 3)])
def test_no_assignment_has_a_larger_summed_similarity(rng, shape):
    for _ in range(20):
        similarities = rng.uniform(0.01, 1.0, size=shape)
        matching = match_one_to_one(similarities, 1.0 - similarities)
        small = similarities if shape[0] <= shape[1] else similarities.T
        best = max(
            small[np.arange(len(small)), list(columns)].sum()
            for columns in permutations(range(small.shape[1]), len(small))
        )
        assert matching.similarity.sum() == pytest.approx(best)
        np.testing.assert_array_equal(
            matching.similarity, similarities[matching.a, matching.b]
        )


@pytest.mark.parametrize("shape", [(3, 6), (6, 3), (4, 4)])
def test_every_item_is_either_paired_or_left_over(rng, shape):
    matching = matching_of(rng.uniform(0.0, 0.9, size=shape))
    assert len(matching.a) == min(shape)
    assert (np.diff(matching.a) > 0).all()
    for paired, alone, n_items in (
        (matching.a, matching.unmatched_a, shape[0]),
        (matching.b, matching.unmatched_b, shape[1]),
    ):
        assert sorted([*paired, *alone]) == list(range(n_items))


def test_confidence_is_one_less_the_ratio_to_the_nearest_other_item():
    matching = matching_of([[0.1, 0.4, 0.8], [0.2, 0.3, 0.9]])
    assert matching.b.tolist() == [0, 1]
    # Item 0 of the second set is 0.1 from its partner and 0.2 from another one.
    np.testing.assert_allclose(matching.confidence, [0.5, 0.0])


def test_confidence_is_above_zero_for_mutual_nearest_neighbours_only(rng):
    for _ in range(20):
        distances = rng.uniform(0.05, 0.95, size=(5, 6))
        matching = matching_of(distances)
        mutual = (distances[matching.a].argmin(axis=1) == matching.b) & (
            distances[:, matching.b].argmin(axis=0) == matching.a
        )
        np.testing.assert_array_equal(matching.confidence > 0, mutual)


def test_without_other_items_the_largest_distance_is_the_alternative():
    assert matching_of([[0.25]]).confidence.tolist() == [0.75]
    assert matching_of([[0.0]]).confidence.tolist() == [1.0]


@pytest.mark.parametrize("noise", [0.0, 1e-9])
def test_ties_have_no_confidence_also_up_to_rounding(rng, noise):
    distances = noise * rng.uniform(size=(3, 3))
    distances[:2, 2] = distances[2, :2] = 0.7
    matching = matching_of(distances)
    assert matching.confidence.tolist() == [0.0, 0.0, 1.0]


def test_items_with_nothing_in_common_are_no_pair():
    matching = matching_of([[0.2, 1.0], [1.0, 1.0]])
    assert (matching.a.tolist(), matching.b.tolist()) == ([0], [0])
    assert (matching.unmatched_a.tolist(), matching.unmatched_b.tolist()) == ([1], [1])
    empty = matching_of(np.ones((2, 3)))
    assert len(empty.a) == len(empty.confidence) == 0
    assert empty.unmatched_b.tolist() == [0, 1, 2]


def test_relabelling_undoes_a_permutation(rng):
    order = rng.permutation(7)
    distances = np.full((7, 7), 0.9)
    distances[np.arange(7), order] = 0.1
    matching = matching_of(distances)
    clusters = rng.integers(-1, 7, size=(8, 9))
    permuted = np.where(clusters >= 0, order[clusters], -1)
    np.testing.assert_array_equal(matching.relabel(permuted), clusters)
    np.testing.assert_array_equal(matching.relabel(permuted.astype(np.int8)), clusters)


def test_items_left_over_get_numbers_of_their_own():
    matching = matching_of([[0.9, 0.9, 0.1, 0.9]])
    assert matching.relabel([0, 1, 2, 3, -1]).tolist() == [1, 2, 0, 3, -1]
    assert matching.relabel(np.array([], dtype=int)).shape == (0,)


@pytest.mark.parametrize(
    "labels, error, words",
    [
        ([0.0, 1.0], TypeError, "labels has dtype float64"),
        (
            [0, 2],
            ValueError,
            "labels goes from 0 to 2; the second set has items 0 to 1",
        ),
        ([-2, 0], ValueError, "labels goes from -2 to 0"),
    ],
)
def test_labels_that_are_no_items_are_refused(labels, error, words):
    with pytest.raises(error, match=words):
        matching_of([[0.1, 0.5], [0.5, 0.1]]).relabel(labels)
