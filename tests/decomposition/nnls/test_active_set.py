"""Tests of sklearn_microarch.decomposition.nnls._active_set."""

import numpy as np
import pytest
from scipy.optimize import nnls

from sklearn_microarch.decomposition.nnls._active_set import finish_by_active_set
from sklearn_microarch.decomposition.nnls._nnls import kkt_residual
from sklearn_microarch.decomposition.nnls._normal_equations import project


@pytest.fixture
def problem(rng):
    """Return components and the Gram matrix and projections of 60 rows on them."""
    components = rng.gamma(0.5, size=(7, 12))
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    rows = rng.gamma(0.5, size=(60, 12))
    return components, rows, components @ components.T, project(rows, components)


@pytest.mark.parametrize("start", ["zero", "random", "sparse"])
def test_the_solution_does_not_depend_on_the_start(problem, start, rng):
    components, rows, gram, projections = problem
    starts = {
        "zero": np.zeros((7, 60)),
        "random": rng.uniform(size=(7, 60)),
        "sparse": rng.uniform(size=(7, 60)) * (rng.uniform(size=(7, 60)) > 0.7),
    }
    loadings = finish_by_active_set(
        gram, projections, start=starts[start], tolerance=np.full(60, 1e-13)
    )
    expected = np.array([nnls(components.T, row)[0] for row in rows]).T
    np.testing.assert_allclose(loadings, expected, atol=1e-10)


def test_dependent_components_end_at_an_optimum(rng):
    """15 components in a space of 3 dimensions."""
    components = rng.uniform(size=(15, 3)) @ rng.uniform(size=(3, 30))
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    gram = components @ components.T
    projections = project(rng.gamma(1.0, size=(80, 30)), components)
    loadings = finish_by_active_set(
        gram, projections, start=np.zeros((15, 80)), tolerance=np.full(80, 1e-12)
    )
    assert kkt_residual(gram, projections, loadings).max() < 1e-9


@pytest.mark.parametrize("max_steps", [0, 1, 2, 4, 8])
def test_every_step_is_feasible_and_no_worse_than_the_start(problem, max_steps, rng):
    components, rows, gram, projections = problem
    start = rng.uniform(size=(7, 60))
    loadings = finish_by_active_set(
        gram,
        projections,
        start=start,
        tolerance=np.full(60, 1e-13),
        max_steps=max_steps,
    )
    assert (loadings >= 0).all()
    before = np.linalg.norm(rows - start.T @ components, axis=1)
    after = np.linalg.norm(rows - loadings.T @ components, axis=1)
    assert (after <= before * (1 + 1e-12)).all()
