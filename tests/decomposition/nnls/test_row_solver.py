"""Tests of sklearn_microarch.decomposition.nnls._row_solver."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from sklearn_microarch.decomposition.nnls._row_solver import RowSolver, kkt_residual


def unit(components):
    lengths = np.linalg.norm(components, axis=1, keepdims=True)
    return components / np.where(lengths > 0, lengths, 1.0)


@pytest.fixture
def components(rng):
    return unit(rng.gamma(0.5, size=(15, 64)))


@pytest.fixture
def rows(rng, components):
    mixed = rng.gamma(0.5, size=(300, 15)) * (rng.uniform(size=(300, 15)) > 0.5)
    return mixed @ components + rng.gamma(0.3, 0.5, size=(300, 64))


@pytest.fixture
def by_scipy(monkeypatch):
    """Count the rows that pivoting leaves to scipy."""
    solved = []
    original = RowSolver._solve_by_scipy

    def counting(self, b):
        solved.append(b)
        return original(self, b)

    monkeypatch.setattr(RowSolver, "_solve_by_scipy", counting)
    return solved


def solve(rows, components):
    return RowSolver(components @ components.T).solve(rows @ components.T)


def distances(rows, components, loadings):
    return np.linalg.norm(rows - loadings @ components, axis=1)


def test_loadings_equal_those_of_an_independent_solver(components, rows, by_scipy):
    loadings = solve(rows, components)
    expected = np.array([nnls(components.T, row)[0] for row in rows])
    np.testing.assert_allclose(loadings, expected, atol=1e-10)
    np.testing.assert_array_equal(loadings > 0, expected > 0)
    assert len(by_scipy) < 15


def test_scipy_solves_what_pivoting_leaves(components, rows, monkeypatch):
    expected = solve(rows, components)
    monkeypatch.setattr(RowSolver, "_pivot", lambda *_: None)
    np.testing.assert_allclose(solve(rows, components), expected, atol=1e-11)


def test_every_row_meets_the_optimality_conditions(components, rows):
    gram, projections = components @ components.T, rows @ components.T
    loadings = RowSolver(gram).solve(projections)
    descent = projections - loadings @ gram
    scale = projections.max(axis=1, keepdims=True)
    assert (loadings >= 0).all()
    assert (descent <= 1e-12 * scale).all()
    assert (np.abs(loadings * descent) <= 1e-12 * scale**2).all()
    assert kkt_residual(gram, projections, loadings).max() < 1e-13


def test_the_residual_tells_an_optimum_from_other_points():
    gram = np.eye(2)
    projections = np.array([[2.0, -1.0], [2.0, -1.0], [2.0, -1.0], [0.0, 0.0]])
    points = np.array([[2.0, 0.0], [1.0, 0.0], [2.0, 0.5], [0.0, 0.0]])
    residual = kkt_residual(gram, projections, points)
    assert residual.tolist() == [0.0, 0.5, 0.25, 0.0]


def test_a_row_alone_has_the_same_bits_as_among_others(components, rows):
    gram, projections = components @ components.T, rows @ components.T
    together = RowSolver(gram).solve(projections)
    for size in (1, 2, 17):
        alone = RowSolver(gram).solve(projections[:size])
        np.testing.assert_array_equal(alone, together[:size])


def test_several_threads_may_share_a_solver(components, rows):
    solver = RowSolver(components @ components.T)
    projections = rows @ components.T
    expected = solver.solve(projections)
    with ThreadPoolExecutor(3) as executor:
        parts = executor.map(solver.solve, np.array_split(projections, 7))
        np.testing.assert_array_equal(np.concatenate(list(parts)), expected)


def test_powers_of_two_only_scale(components, rows):
    solver = RowSolver(components @ components.T)
    expected = solver.solve(rows @ components.T)
    for exponent in (-900, 1000):
        found = solver.solve(np.ldexp(rows @ components.T, exponent))
        np.testing.assert_array_equal(found, np.ldexp(expected, exponent))


def test_rows_and_components_of_zeros_load_zero(components, rows):
    components[4], rows[::3] = 0.0, 0.0
    loadings = solve(rows, components)
    assert (loadings[:, 4] == 0).all()
    assert (loadings[::3] == 0).all()
    assert (loadings[1::3].sum(axis=1) > 0).all()


@pytest.mark.parametrize("apart", [0.0, 1e-9, 1e-7, 1e-5])
@pytest.mark.parametrize("n_components", [15, 100])
def test_twins_do_not_spoil_the_objective(rng, apart, n_components):
    components = rng.gamma(0.5, size=(n_components, 128))
    twins = components[: n_components // 3]
    components[-len(twins) :] = twins + apart * rng.uniform(size=twins.shape)
    components = unit(components)
    rows = rng.gamma(0.5, size=(60, 128))
    loadings = solve(rows, components)
    best = np.array([nnls(components.T, row, maxiter=9999)[1] for row in rows])
    assert (loadings >= 0).all()
    assert (distances(rows, components, loadings) <= best * (1 + 1e-7)).all()


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_components=st.integers(1, 90),
    n_features=st.integers(1, 24),
    share_of_zeros=st.floats(0, 0.9),
    n_dependent=st.integers(0, 3),
)
def test_rows_of_any_kind_end_at_an_optimum(
    seed, n_components, n_features, share_of_zeros, n_dependent
):
    """Also with more components than features, and with some that are alike."""
    rng = np.random.default_rng(seed)
    components = rng.gamma(0.5, size=(n_components, n_features))
    components[rng.integers(n_components, size=n_dependent)] = components[0]
    rows = rng.gamma(0.3, size=(20, n_features))
    rows[rng.uniform(size=rows.shape) < share_of_zeros] = 0.0
    components = unit(components)
    gram, projections = components @ components.T, rows @ components.T
    loadings = RowSolver(gram).solve(projections)
    assert (loadings >= 0).all()
    assert kkt_residual(gram, projections, loadings).max() <= 1e-7
