"""Tests of sklearn_microarch.selection._summary."""

import numpy as np
import pytest

from sklearn_microarch.selection._summary import mean_overlap, share_covered


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
    active = np.array(columns, dtype=bool).T
    assert mean_overlap(active) == pytest.approx(expected)


def test_a_sample_is_covered_by_any_active_factor():
    active = np.array([[True, True], [True, False], [False, True], [False, False]])
    assert share_covered(active) == 0.75
