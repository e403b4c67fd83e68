"""Tests of sklearn_microarch.selection._thresholds."""

import numpy as np
import pytest

from sklearn_microarch.selection._thresholds import best_threshold


def overlap(loadings, inside, threshold):
    active = loadings > threshold
    return (active & inside).sum() / max(1, (active | inside).sum())


@pytest.mark.parametrize("minimum", [0.0, 0.3])
def test_no_other_threshold_does_better(rng, minimum):
    for _ in range(50):
        loadings = rng.uniform(size=40).round(1) * (rng.uniform(size=40) > 0.4)
        inside = rng.uniform(size=40) + loadings > 0.9
        found = best_threshold(loadings, inside, minimum)
        assert found >= minimum
        candidates = [minimum, *loadings[loadings >= minimum]]
        best = max(overlap(loadings, inside, value) for value in candidates)
        assert overlap(loadings, inside, found) == pytest.approx(best)


def test_ties_go_to_the_lowest_and_silence_to_the_minimum():
    assert (
        best_threshold(np.array([3.0, 2.0, 0.0]), np.array([True, True, False]), 0) == 0
    )
    assert best_threshold(np.zeros(3), np.array([True, False, True]), 0.5) == 0.5


def test_a_float32_loading_equal_to_the_minimum_stays_below_it():
    """As a double it is larger than 0.3."""
    loadings = np.array([0.3, 0.8, 0.9], dtype=np.float32)
    found = best_threshold(loadings, np.array([False, True, True]), 0.3)
    assert found == float(np.float32(0.3)) > 0.3
