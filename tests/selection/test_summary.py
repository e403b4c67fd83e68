"""Tests of sklearn_microarch.selection._summary."""

import numpy as np
import pytest

from sklearn_microarch.selection._activity import pack_activity
from sklearn_microarch.selection._summary import count_covered, mean_overlap


def pack(active):
    return pack_activity(np.asarray(active), 0.5, name="X", whom="the caller")


@pytest.mark.parametrize(
    "columns, expected",
    [
        ([[1, 1, 0, 0], [0, 0, 1, 1]], 0.0),
        ([[1, 1, 0, 0], [1, 1, 0, 0]], 1.0),
        ([[1, 1, 0, 0], [0, 1, 1, 0]], 1 / 3),
        ([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0]], 1 / 3),
        ([[0, 0, 0, 0], [0, 0, 0, 0]], 0.0),
        ([[1, 1, 0, 0]], 0.0),
    ],
)
def test_overlap_is_the_mean_jaccard_index_of_all_pairs(columns, expected):
    activity = pack(np.array(columns).T)
    assert mean_overlap(activity, np.arange(len(columns))) == pytest.approx(expected)


def test_only_the_factors_asked_for_count(rng):
    active = rng.uniform(size=(100_000, 20)) > 0.6
    factors = np.array([1, 7, 8, 17])
    activity = pack(active)
    alone = pack(active[:, factors])
    assert mean_overlap(activity, factors) == mean_overlap(alone, np.arange(4))
    assert mean_overlap(activity, factors) == pytest.approx(0.16 / 0.64, rel=0.02)
    expected = active[:, factors].any(axis=1).sum()
    assert count_covered(activity, factors) == expected


def test_a_sample_is_covered_by_any_active_factor():
    activity = pack([[1, 1], [1, 0], [0, 1], [0, 0]])
    assert count_covered(activity, np.array([0, 1])) == 3
    assert count_covered(activity, np.array([1])) == 2
