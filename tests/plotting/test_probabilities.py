"""Tests of sklearn_microarch.plotting._probabilities."""

import numpy as np
import pytest

from sklearn_microarch.plotting._probabilities import (
    certainty,
    check_probabilities,
    regions_and_confidence,
)


def test_regions_and_confidence_is_the_argmax_where_a_cell_is(rng):
    probabilities = rng.dirichlet(np.ones(5), size=(7, 8)).astype(np.float32)
    probabilities[2, 3] = np.nan
    regions, confidence = regions_and_confidence(probabilities)
    expected = probabilities.argmax(axis=2)
    expected[2, 3] = -1
    np.testing.assert_array_equal(regions, expected)
    np.testing.assert_array_equal(confidence, probabilities.max(axis=2))


def test_a_map_without_cells_has_no_region_anywhere():
    regions, confidence = regions_and_confidence(np.full((2, 3, 4), np.nan))
    assert (regions == -1).all()
    assert np.isnan(confidence).all()


def test_certainty_runs_from_a_guess_to_sure():
    steps = certainty(np.array([[0.25, 0.5, 1.0, np.nan]]), 4)[0]
    np.testing.assert_allclose(steps, [0.1, 1 / 3, 1.0, 0.1])


def test_logits_are_told_from_probabilities(rng):
    with pytest.raises(ValueError, match=r"probabilities runs from .* lie in \[0, 1\]"):
        regions_and_confidence(rng.normal(size=(4, 4, 3)) * 5)


def test_arrays_of_another_kind_are_errors():
    with pytest.raises(ValueError, match=r"shape \(4, 4\).*ClusterMapDisplay"):
        check_probabilities(np.ones((4, 4)))
    with pytest.raises(TypeError, match="not the names of predicted regions"):
        check_probabilities(np.full((2, 2, 1), "VP"))
