"""Tests of sklearn_microarch.decomposition.nnls._nnls."""

import numpy as np
import pytest
from scipy.optimize import nnls

from sklearn_microarch.decomposition.nnls import _nnls
from sklearn_microarch.decomposition.nnls._nnls import kkt_residual, solve_nnls
from sklearn_microarch.decomposition.nnls._normal_equations import project


def unit(components):
    return components / np.linalg.norm(components, axis=1, keepdims=True)


@pytest.fixture
def components(rng):
    return unit(rng.gamma(0.5, size=(15, 64)))


@pytest.fixture
def rows(rng, components):
    mixed = rng.gamma(0.5, size=(300, 15)) * (rng.uniform(size=(300, 15)) > 0.5)
    return mixed @ components + rng.gamma(0.3, 0.5, size=(300, 64))


def solve(rows, components):
    return solve_nnls(project(components, components), project(rows, components)).T


def test_loadings_equal_those_of_an_independent_solver(components, rows):
    loadings = solve(rows, components)
    expected = np.array([nnls(components.T, row)[0] for row in rows])
    np.testing.assert_allclose(loadings, expected, atol=1e-10)
    np.testing.assert_array_equal(loadings > 0, expected > 0)


def test_every_row_meets_the_optimality_conditions(components, rows):
    projections = project(rows, components)
    gram = components @ components.T
    loadings = solve_nnls(gram, projections)
    descent = projections - gram @ loadings
    scale = projections.max(axis=0)
    assert (loadings >= 0).all()
    assert (descent <= 1e-12 * scale).all()
    assert (np.abs(loadings * descent) <= 1e-12 * scale**2).all()
    assert kkt_residual(gram, projections, loadings).max() < 1e-13


def test_the_residual_tells_an_optimum_from_other_points():
    gram, projections = np.eye(2), np.array([[2.0, 2.0, 2.0, 0.0], [-1.0] * 3 + [0.0]])
    points = np.array([[2.0, 1.0, 2.0, 0.0], [0.0, 0.0, 0.5, 0.0]])
    residual = kkt_residual(gram, projections, points)
    assert residual.tolist() == [0.0, 0.5, 0.25, 0.0]


def test_a_row_alone_has_the_same_bits_as_among_others(components, rows):
    together = solve(rows, components)
    for size in (1, 2, 17, 300):
        np.testing.assert_array_equal(solve(rows[:size], components), together[:size])


def test_rows_that_fail_the_check_are_solved_one_by_one(components, rows, monkeypatch):
    """With no exchange and no active-set step, only the last resort is left."""
    monkeypatch.setattr(_nnls, "N_EXCHANGES", 0)
    monkeypatch.setattr(
        _nnls, "finish_by_active_set", lambda gram, projections, *, start, **_: start
    )
    loadings = solve(rows[:50], components)
    expected = np.array([nnls(components.T, row)[0] for row in rows[:50]])
    np.testing.assert_allclose(loadings, expected, atol=1e-10)


@pytest.mark.parametrize("n_exchanges", [0, 1, 2])
def test_the_active_set_finishes_what_exchanges_leave(
    components, rows, monkeypatch, n_exchanges
):
    monkeypatch.setattr(_nnls, "_solve_one", None)
    expected = solve(rows[:200], components)
    monkeypatch.setattr(_nnls, "N_EXCHANGES", n_exchanges)
    loadings = solve(rows[:200], components)
    np.testing.assert_allclose(loadings, expected, atol=1e-12)
