"""Tests of sklearn_microarch.decomposition.nnls._normal_equations."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nnls._normal_equations import (
    gram_times,
    project,
    solve_on_supports,
)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_projections_are_inner_products(rng, dtype):
    rows, components = rng.normal(size=(9, 7)).astype(dtype), rng.normal(size=(4, 7))
    expected = components @ rows.T.astype(np.float64)
    np.testing.assert_allclose(project(rows, components), expected)


def test_gram_times_is_the_matrix_product(rng):
    root, loadings = rng.normal(size=(5, 8)), rng.normal(size=(5, 9))
    gram = root @ root.T
    np.testing.assert_allclose(gram_times(gram, loadings), gram @ loadings)


@pytest.mark.parametrize("n_components", [1, 5, 70])
def test_each_row_solves_least_squares_on_its_own_support(rng, n_components):
    """70 components need more than one word for a support."""
    components = rng.normal(size=(n_components, 90))
    rows = rng.normal(size=(11, 90))
    support = rng.uniform(size=(n_components, 11)) > 0.5
    solution = solve_on_supports(
        components @ components.T, project(rows, components), support
    )
    for index, row in enumerate(rows):
        on = support[:, index]
        expected = np.linalg.lstsq(components[on].T, row)[0]
        np.testing.assert_allclose(solution[on, index], expected, atol=1e-12)
        assert (solution[~on, index] == 0).all()


def test_a_component_that_depends_on_earlier_ones_gets_zero(rng):
    components = rng.uniform(size=(4, 6))
    components[3] = components[0] + components[2]
    rows = rng.uniform(size=(5, 6))
    solution = solve_on_supports(
        components @ components.T, project(rows, components), np.full((4, 5), True)
    )
    expected = np.linalg.lstsq(components[:3].T, rows.T)[0]
    np.testing.assert_allclose(solution, np.vstack([expected, np.zeros(5)]), atol=1e-9)


def test_refinement_recovers_digits_among_similar_components(rng):
    """The residual is orthogonal to the support although its inverse is poor."""
    components = 1.0 + 1e-4 * rng.normal(size=(6, 20))
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    gram = components @ components.T
    projections = project(rng.uniform(size=(8, 20)), components)
    solution = solve_on_supports(gram, projections, np.full((6, 8), True))
    residual = projections - gram @ solution
    assert np.abs(residual).max() < 1e-10 * np.abs(solution).max()
