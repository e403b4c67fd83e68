"""Tests of sklearn_microarch.features.training._imaging_directions."""

import numpy as np
import pytest

from sklearn_microarch.features.training._imaging_directions import (
    forgetting,
    main_shifts,
    ridged_covariance,
    within_classes,
)


@pytest.fixture
def units(rng):
    """Return 400 rows of 7 units that vary together, of three classes."""
    codes = rng.integers(0, 3, size=400)
    rows = rng.normal(size=(400, 7)) @ rng.normal(size=(7, 7))
    return rows + 2 * rng.normal(size=(3, 7))[codes], codes


def test_covariance_within_classes_knows_nothing_of_their_means(units, rng):
    rows, codes = units
    found = ridged_covariance(within_classes(rows, codes))
    moved = rows + rng.normal(size=(3, 7))[codes]
    np.testing.assert_allclose(ridged_covariance(within_classes(moved, codes)), found)
    assert np.trace(found) < np.trace(ridged_covariance(rows - rows.mean(axis=0)))


def test_the_directions_are_those_in_which_classes_move_most(units, rng):
    rows, codes = units
    covariance = ridged_covariance(within_classes(rows, codes))
    first, second = np.linalg.cholesky(covariance).T[:2]
    amounts = np.array([[9.0, 1.0], [8.0, -1.0], [10.0, 0.0]])
    # What single rows do beside it is no shift of their class.
    alone = within_classes(rng.normal(size=rows.shape), codes)
    moved = amounts[codes] @ np.stack([first, second]) + alone
    found = main_shifts(moved, codes, covariance, 1)
    assert found.shape == (1, 7)
    cosine = found[0] @ first / np.linalg.norm(found[0]) / np.linalg.norm(first)
    assert abs(cosine) > 0.95
    both = main_shifts(moved, codes, covariance, 5)
    assert both.shape == (2, 7)
    left = second - np.linalg.lstsq(both.T, second, rcond=None)[0] @ both
    assert np.linalg.norm(left) < 1e-6


def test_where_nothing_moves_nothing_is_forgotten(units):
    rows, codes = units
    covariance = ridged_covariance(within_classes(rows, codes))
    none = main_shifts(np.zeros_like(rows), codes, covariance, 2)
    assert none.shape == (0, 7)
    np.testing.assert_array_equal(forgetting(none, covariance), np.eye(7))


def test_what_is_forgotten_is_gone_and_the_rest_changes_least(units, rng):
    rows, _ = units
    centred = rows - rows.mean(axis=0)
    covariance = centred.T @ centred / len(rows)
    directions = rng.normal(size=(2, 7))
    found = forgetting(directions, covariance)
    np.testing.assert_allclose(found @ directions.T, 0, atol=1e-9)
    np.testing.assert_allclose(found @ found, found, atol=1e-9)

    def change(projection):
        return np.mean((centred - centred @ projection.T) ** 2)

    # Other maps that forget the same: any that differ from it on the rest alone.
    orthogonal = np.eye(7) - np.linalg.pinv(directions) @ directions
    assert change(found) < change(orthogonal)
    for _ in range(20):
        other = found + 0.1 * rng.normal(size=(7, 7)) @ orthogonal
        np.testing.assert_allclose(other @ directions.T, 0, atol=1e-9)
        assert change(found) < change(other)
