"""Tests of sklearn_microarch.decomposition._nnls."""

import numpy as np
import pytest
from scipy.optimize import nnls

from sklearn_microarch.decomposition import _nnls
from sklearn_microarch.decomposition._nnls import (
    kkt_residual,
    nonnegative_loadings,
    solve_nnls,
)
from sklearn_microarch.decomposition._normal_equations import project


def unit(components):
    return components / np.linalg.norm(components, axis=1, keepdims=True)


@pytest.fixture
def components(rng):
    return unit(rng.gamma(0.5, size=(15, 64)))


@pytest.fixture
def rows(rng, components):
    mixed = rng.gamma(0.5, size=(1000, 15)) * (rng.uniform(size=(1000, 15)) > 0.5)
    return mixed @ components + rng.gamma(0.3, 0.5, size=(1000, 64))


def test_loadings_equal_those_of_an_independent_solver(components, rows):
    loadings = nonnegative_loadings(rows, components)
    expected = np.array([nnls(components.T, row)[0] for row in rows])
    assert np.abs(loadings - expected).max() < 1e-6 * np.abs(expected).max()
    assert 0.1 < (loadings == 0).mean() < 0.9
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


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_row_alone_has_the_same_bits_as_among_others(
    components, rows, dtype, monkeypatch, rng
):
    rows = rows.astype(dtype)
    together = nonnegative_loadings(rows, components)
    for index in range(0, 1000, 20):
        alone = nonnegative_loadings(rows[index : index + 1], components)
        np.testing.assert_array_equal(alone[0], together[index])
    for size in (2, 3, 17, 64, 501):
        batch = rng.choice(1000, size=size, replace=False)
        np.testing.assert_array_equal(
            nonnegative_loadings(rows[batch], components), together[batch]
        )
    monkeypatch.setattr(_nnls, "_INVERSES_PER_BLOCK", 37 * 15 * 15)
    np.testing.assert_array_equal(nonnegative_loadings(rows, components), together)
    column_major = np.asfortranarray(rows)
    np.testing.assert_array_equal(
        nonnegative_loadings(column_major, components), together
    )


def test_zeros_of_an_exact_mixture_are_recovered(components, rng):
    mixed = rng.gamma(1.0, size=(300, 15)) * (rng.uniform(size=(300, 15)) > 0.6)
    loadings = nonnegative_loadings(mixed @ components, components)
    np.testing.assert_array_equal(loadings > 0, mixed > 0)
    np.testing.assert_allclose(loadings, mixed, atol=1e-10)


def spread_in_three_dimensions(rng):
    return rng.uniform(size=(15, 3)) @ rng.uniform(size=(3, 64))


def twice_the_same(rng):
    components = rng.gamma(0.5, size=(15, 64))
    components[7] = components[2]
    return components


def nearly_the_same(rng):
    components = rng.gamma(0.5, size=(15, 64))
    components[7] = components[2] + 1e-6 * rng.uniform(size=64)
    components[8] = components[2] + 1e-7 * rng.uniform(size=64)
    return components


def all_similar(rng):
    return 1.0 + 1e-3 * rng.normal(size=(15, 64))


def more_than_dimensions(rng):
    return rng.uniform(size=(30, 20))


@pytest.mark.parametrize(
    "make",
    [
        spread_in_three_dimensions,
        twice_the_same,
        nearly_the_same,
        all_similar,
        more_than_dimensions,
    ],
)
def test_dependent_components_reconstruct_as_well_as_can_be(make, rng):
    components = unit(make(rng))
    rows = rng.gamma(0.5, size=(200, components.shape[1]))
    loadings = nonnegative_loadings(rows, components)
    best = np.array([nnls(components.T, row, maxiter=1000)[1] for row in rows])
    found = np.linalg.norm(rows - loadings @ components, axis=1)
    assert (loadings >= 0).all()
    # Components 1e-7 apart are at the limit of what a Gram matrix can tell.
    assert (found <= best * (1 + 1e-7)).all()
    residual = kkt_residual(
        components @ components.T, project(rows, components), loadings.T
    )
    assert residual.max() < 1e-7
    np.testing.assert_array_equal(
        nonnegative_loadings(rows[5:6], components)[0], loadings[5]
    )


def test_rows_that_fail_the_check_are_solved_one_by_one(components, rows, monkeypatch):
    """With no exchange and no active-set step, only the last resort is left."""
    monkeypatch.setattr(_nnls, "_N_EXCHANGES", 0)
    monkeypatch.setattr(
        _nnls, "finish_by_active_set", lambda gram, projections, *, start, **_: start
    )
    loadings = nonnegative_loadings(rows[:50], components)
    expected = np.array([nnls(components.T, row)[0] for row in rows[:50]])
    np.testing.assert_allclose(loadings, expected, atol=1e-10)


@pytest.mark.parametrize("n_exchanges", [0, 1, 2])
def test_the_active_set_finishes_what_exchanges_leave(
    components, rows, monkeypatch, n_exchanges
):
    monkeypatch.setattr(_nnls, "_solve_one", None)
    expected = nonnegative_loadings(rows[:200], components)
    monkeypatch.setattr(_nnls, "_N_EXCHANGES", n_exchanges)
    loadings = nonnegative_loadings(rows[:200], components)
    np.testing.assert_allclose(loadings, expected, atol=1e-12)


def test_zero_rows_and_zero_components_load_zero(components, rows):
    components[4] = 0.0
    rows[::3] = 0.0
    loadings = nonnegative_loadings(rows, components)
    assert (loadings[:, 4] == 0).all()
    assert (loadings[::3] == 0).all()
    assert (loadings[1::3].sum(axis=1) > 0).all()


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_loadings_scale_with_the_rows(components, rows, scale):
    expected = scale * nonnegative_loadings(rows, components)
    loadings = nonnegative_loadings(scale * rows, components)
    np.testing.assert_allclose(loadings, expected, rtol=0, atol=1e-12 * scale)


def test_loadings_keep_the_dtype_and_are_solved_in_double(components, rows):
    single = rows.astype(np.float32)
    loadings = nonnegative_loadings(single, components)
    double = nonnegative_loadings(single.astype(np.float64), components)
    assert loadings.dtype == np.float32
    np.testing.assert_array_equal(loadings, double.astype(np.float32))
