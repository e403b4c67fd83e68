"""Tests of sklearn_microarch.clustering._match_clusters and _label_counts."""

from itertools import permutations

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from sklearn_microarch.clustering import match_clusters

LAYERS = np.array(["L1", "L2/3", "L4", "L5", "L6"])


def rows_of(counts, names, rng):
    """Return clusters and labels of rows, in random order, that give these counts."""
    counts = np.asarray(counts)
    cells = rng.permutation(np.repeat(np.arange(counts.size), counts.ravel()))
    clusters, columns = np.unravel_index(cells, counts.shape)
    return clusters, names[columns]


def test_distances_are_those_of_scipy_and_no_assignment_has_a_smaller_sum(rng):
    one, other = rng.gamma(0.5, size=(4, 5)), rng.gamma(0.5, size=(6, 5))
    matching = match_clusters(one, other)
    distances = np.array([[jensenshannon(p, q, base=2) for q in other] for p in one])
    np.testing.assert_allclose(matching.similarities, 1.0 - distances)
    best = min(
        distances[range(4), list(columns)].sum()
        for columns in permutations(range(6), 4)
    )
    assert (1.0 - matching.similarity).sum() == pytest.approx(best)
    assert len(matching.unmatched_b) == 2


@pytest.mark.parametrize("scale", [1.0, 1e300, 1e-300])
def test_a_permutation_is_undone_whatever_the_size_of_clusters(rng, scale):
    counts = rng.gamma(0.5, size=(6, 5))
    order = rng.permutation(6)
    sizes = rng.uniform(0.1, 1.0, size=(6, 1))
    matching = match_clusters(counts, scale * sizes * counts[order])
    np.testing.assert_array_equal(order[matching.b], matching.a)
    np.testing.assert_allclose(matching.similarity, 1.0, atol=1e-6)
    np.testing.assert_allclose(matching.confidence, 1.0, atol=1e-6)


def test_two_clusters_never_take_the_same_one():
    """As the nearest one alone, which is what was published, would have it."""
    one = [[8, 2, 0], [7, 3, 0], [0, 1, 9]]
    other = [[8, 2, 0], [4, 6, 0], [0, 1, 9]]
    matching = match_clusters(one, other)
    nearest = matching.similarities.argmax(axis=1)
    assert nearest.tolist() == [0, 0, 2]
    assert matching.b.tolist() == [0, 1, 2]
    # The pair that was left over is not to be trusted.
    assert matching.confidence[1] == 0.0 < matching.confidence[0]


def test_labels_of_rows_give_what_counts_give(rng):
    counts_a = rng.integers(0, 30, size=(4, 5)) + np.eye(4, 5, dtype=int)
    counts_b = rng.integers(0, 30, size=(5, 5)) + np.eye(5, dtype=int)
    clusters_a, labels_a = rows_of(counts_a, LAYERS, rng)
    clusters_b, labels_b = rows_of(counts_b, LAYERS, rng)
    found = match_clusters(
        clusters_a, clusters_b.astype(np.uint8), labels_a=labels_a, labels_b=labels_b
    )
    expected = match_clusters(counts_a, counts_b)
    np.testing.assert_allclose(found.similarities, expected.similarities)
    np.testing.assert_array_equal(found.b, expected.b)


def test_a_label_of_one_slice_alone_has_no_rows_in_the_other(rng):
    counts_a = np.array([[5, 5, 0], [0, 0, 10]])
    counts_b = np.array([[0, 8], [3, 3]])
    clusters_a, labels_a = rows_of(counts_a, np.array(["CTX", "TRN", "VP"]), rng)
    clusters_b, labels_b = rows_of(counts_b, np.array(["CTX", "VP"]), rng)
    found = match_clusters(clusters_a, clusters_b, labels_a=labels_a, labels_b=labels_b)
    expected = match_clusters(counts_a, [[0, 0, 8], [3, 0, 3]])
    np.testing.assert_allclose(found.similarities, expected.similarities)


def test_rows_without_cluster_or_region_do_not_count(rng):
    counts = rng.integers(1, 30, size=(3, 5))
    clusters, labels = rows_of(counts, LAYERS, rng)
    clusters = np.concatenate([clusters, [-1] * 50, [2] * 50])
    labels = np.concatenate([labels, ["L1"] * 50, [""] * 50])
    found = match_clusters(
        clusters, clusters, labels_a=labels, labels_b=labels, unannotated=-1
    )
    expected = match_clusters(counts, counts)
    np.testing.assert_allclose(found.similarities, expected.similarities)


def test_clusters_with_the_same_shares_are_a_tie():
    shares = [[1, 2, 0], [3, 6, 0], [0, 0, 1]]
    assert match_clusters(shares, shares).confidence.tolist() == [0.0, 0.0, 1.0]


PAIR = np.array([[3.0, 1.0], [1.0, 3.0]])
IDS, NAMES = np.array([0, 0, 1, 1]), np.array(["CTX", "VP", "CTX", "VP"])


@pytest.mark.parametrize(
    "one, other, error, words",
    [
        (
            PAIR,
            np.ones((2, 3)),
            ValueError,
            "clusters_a has 2 columns and clusters_b 3",
        ),
        (IDS, IDS, ValueError, r"clusters_a has shape \(4,\); .* give labels_a"),
        (PAIR, np.ones((0, 2)), ValueError, r"clusters_b has shape \(0, 2\)"),
        (PAIR, -PAIR, ValueError, "Negative values .* match_clusters, clusters_b"),
        (PAIR * np.nan, PAIR, ValueError, "clusters_a contains NaN"),
        (PAIR, [[1, 0], [0, 0]], ValueError, "clusters_b .* zeros for cluster 1;"),
    ],
)
def test_bad_shares_are_named(one, other, error, words):
    with pytest.raises(error, match=words):
        match_clusters(one, other)


@pytest.mark.parametrize(
    "changes, error, words",
    [
        ({"labels_b": None}, TypeError, "labels_b is None; give the labels of both"),
        ({"labels_a": None}, TypeError, "labels_a is None"),
        ({"labels_a": NAMES[:3]}, ValueError, "clusters_a has 4 rows and labels_a 3"),
        ({"clusters_b": IDS / 2}, TypeError, "clusters_b has dtype float64"),
        ({"clusters_b": IDS - 2}, ValueError, "clusters_b holds -2"),
        ({"clusters_b": 2 * IDS}, ValueError, "no annotated row of cluster 1,"),
        ({"clusters_b": IDS * 10**12}, ValueError, "up to 1000000000000, but no .* 1,"),
        ({"clusters_b": IDS.astype(np.uint8) * 255}, ValueError, "up to 255"),
        (
            {"clusters_a": IDS * 0 - 1},
            ValueError,
            "clusters_a and labels_a have no row",
        ),
        ({"clusters_a": PAIR.astype(int)}, ValueError, r"clusters_a .* map\[mask\]"),
        ({"labels_b": PAIR.astype(int)}, ValueError, r"labels_b has shape \("),
        ({"labels_b": IDS}, ValueError, "no label in common; use the same codes"),
        ({"labels_b": [0, "VP", 0, "VP"]}, TypeError, "labels_b mixes label types"),
        ({"labels_b": [0, np.nan, 0, 1]}, ValueError, "labels_b contains NaN"),
        (
            {"labels_a": ["", "", "VP", "CTX"], "unannotated": ""},
            ValueError,
            "clusters_a has clusters up to 1, but no annotated row of cluster 0",
        ),
    ],
)
def test_bad_rows_are_named(changes, error, words):
    settings = {
        "clusters_a": IDS,
        "clusters_b": IDS,
        "labels_a": NAMES,
        "labels_b": NAMES,
        **changes,
    }
    with pytest.raises(error, match=words):
        match_clusters(**settings)
