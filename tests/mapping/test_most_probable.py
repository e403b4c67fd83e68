"""Tests of sklearn_microarch.mapping._most_probable."""

import numpy as np
import pytest

from sklearn_microarch.mapping._most_probable import most_probable


@pytest.mark.parametrize("n_rows", [1, 63, 64, 65, 130])
def test_each_cell_is_of_its_most_probable_region(rng, n_rows):
    probabilities = rng.dirichlet(np.ones(5), size=(n_rows, 7))
    regions = most_probable(probabilities)
    assert regions.dtype == np.int64
    np.testing.assert_array_equal(regions, probabilities.argmax(axis=2))


def test_cells_without_a_value_are_of_no_region(rng):
    probabilities = rng.dirichlet(np.ones(3), size=(8, 9)).astype(np.float32)
    probabilities[2] = np.nan
    # A single channel that is NaN says as little as all of them.
    probabilities[5, 4, 1] = np.nan
    regions = most_probable(probabilities)
    unknown = np.zeros((8, 9), dtype=bool)
    unknown[2], unknown[5, 4] = True, True
    np.testing.assert_array_equal(regions == -1, unknown)


def test_of_equal_probabilities_the_first_counts():
    assert most_probable(np.full((1, 1, 4), 0.25)).tolist() == [[0]]


def test_no_cells_are_of_no_region():
    assert most_probable(np.empty((0, 7, 3))).shape == (0, 7)
