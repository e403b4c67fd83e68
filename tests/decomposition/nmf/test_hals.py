"""Tests of sklearn_microarch.decomposition.nmf._hals."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nmf._hals import descend
from sklearn_microarch.decomposition.nnls._loadings import nonnegative_loadings


@pytest.fixture(name="X")
def _rows(rng):
    return rng.gamma(1.0, size=(300, 5)) @ rng.gamma(0.5, size=(5, 12)) + rng.uniform(
        size=(300, 12)
    )


@pytest.fixture
def start(rng):
    drawn = rng.uniform(size=(5, 12))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def test_the_objective_never_rises_from_one_iteration_to_the_next(X, start):
    objectives = [
        descend(X, start, max_iter=n_iter, tol=0.0).objective for n_iter in range(1, 40)
    ]
    assert (np.diff(objectives) <= 1e-12 * objectives[0]).all()


def test_the_traces_give_the_residual_norm(X, start):
    """At the end the swept loadings are nearly the exact ones."""
    found = descend(X, start, max_iter=2000, tol=1e-10)
    loadings = nonnegative_loadings(X, found.components)
    residual = np.linalg.norm(X - loadings @ found.components) ** 2
    assert found.converged
    assert found.objective == pytest.approx(residual, rel=1e-5)
    np.testing.assert_allclose((loadings**2).sum(axis=0), found.energies, rtol=1e-2)


def test_the_end_is_a_stationary_point_in_the_components(X, start):
    components = descend(X, start, max_iter=5000, tol=1e-12).components
    loadings = nonnegative_loadings(X, components)
    gram, target = loadings.T @ loadings, loadings.T @ X
    descent = target - gram @ components
    scale = np.abs(target).max()
    assert descent.max() < 1e-4 * scale
    assert np.abs(descent[components > 1e-6]).max() < 1e-4 * scale


def test_components_stay_unit_and_non_negative(X, start):
    components = descend(X, start, max_iter=3, tol=0.0).components
    assert (components >= 0).all()
    np.testing.assert_allclose(np.linalg.norm(components, axis=1), 1.0)


def test_a_useless_component_is_no_nan(X):
    """The last one lies where no row has anything, and vanishes at once."""
    X = np.column_stack([X, np.zeros(300)])
    start = np.eye(13)[[0, 1, 12]]
    found = descend(X, start, max_iter=50, tol=0.0)
    assert np.isfinite(found.components).all()
    assert np.isfinite(found.objective)
    np.testing.assert_allclose(np.linalg.norm(found.components, axis=1), 1.0)


def test_the_start_is_not_modified(X, start):
    before = start.copy()
    descend(X, start, max_iter=3, tol=0.0)
    np.testing.assert_array_equal(start, before)
