"""Tests of sklearn_microarch.decomposition.nnls._torch_nnls, with torch on the CPU."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_microarch.decomposition.nnls._row_solver import RowSolver, kkt_residual
from sklearn_microarch.decomposition.nnls._torch_nnls import (
    pivot_tensors,
    project_tensors,
)


def problem(rng, n_components, n_features=40, n_samples=200):
    components = rng.gamma(0.5, size=(n_components, n_features))
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    rows = rng.gamma(0.3, size=(n_samples, n_features))
    return components, rows


def gram_and_projections(components, rows):
    return (
        components @ components.T,
        np.ascontiguousarray(components @ rows.T),
    )


def solve(gram, projections):
    loadings, certified = pivot_tensors(torch.tensor(gram), torch.tensor(projections))
    return loadings.numpy(), certified.numpy()


def residual_of(gram, projections, loadings):
    return kkt_residual(gram, projections.T, loadings.T)


def test_projections_are_inner_products(rng):
    components, rows = problem(rng, 15)
    found = project_tensors(torch.tensor(rows), torch.tensor(components))
    np.testing.assert_allclose(found.numpy(), components @ rows.T, rtol=1e-12)


@pytest.mark.parametrize("n_components", [1, 2, 15, 62, 63, 130])
def test_certified_loadings_are_those_of_numpy(rng, n_components):
    """Supports of one word, of a full one, and of several."""
    gram, projections = gram_and_projections(
        *problem(rng, n_components, n_features=150, n_samples=100)
    )
    loadings, certified = solve(gram, projections)
    # The more components, the more rounds of pivoting a row needs.
    assert certified.mean() > (0.9 if n_components < 100 else 0.2)
    expected = RowSolver(gram).solve(projections[:, certified].T).T
    np.testing.assert_allclose(loadings[:, certified], expected, atol=1e-11)
    np.testing.assert_array_equal(loadings[:, certified] > 0, expected > 0)
    assert residual_of(gram, projections, loadings)[certified].max() < 1e-9


def test_a_row_alone_has_the_same_bits_as_among_others(rng):
    gram, projections = gram_and_projections(*problem(rng, 15))
    together, _ = solve(gram, projections)
    for index in range(0, 200, 10):
        alone, _ = solve(gram, projections[:, [index]])
        np.testing.assert_array_equal(alone[:, 0], together[:, index])


def test_rows_that_pivoting_leaves_are_not_certified(rng, monkeypatch):
    monkeypatch.setattr(
        "sklearn_microarch.decomposition.nnls._torch_nnls._N_EXCHANGES", 1
    )
    gram, projections = gram_and_projections(*problem(rng, 15))
    loadings, certified = solve(gram, projections)
    optimal = residual_of(gram, projections, loadings) < 1e-9
    assert 0 < certified.sum() + 1 < 200
    assert optimal[certified].all()


def test_rows_without_any_projection_load_zero(rng):
    gram, projections = gram_and_projections(*problem(rng, 15))
    projections[:, ::3] = 0.0
    loadings, certified = solve(gram, projections)
    assert (loadings[:, ::3] == 0).all()
    assert certified[::3].all()


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_components=st.integers(1, 20),
    n_features=st.integers(1, 24),
    share_of_zeros=st.floats(0, 0.9),
    n_dependent=st.integers(0, 3),
)
def test_what_is_certified_is_optimal(
    seed, n_components, n_features, share_of_zeros, n_dependent
):
    """Also with more components than features, and with some that are alike."""
    rng = np.random.default_rng(seed)
    components, rows = problem(rng, n_components, n_features, n_samples=30)
    components[rng.integers(n_components, size=n_dependent)] = components[0]
    rows[rng.uniform(size=rows.shape) < share_of_zeros] = 0.0
    gram, projections = gram_and_projections(components, rows)
    loadings, certified = solve(gram, projections)
    assert (loadings[:, certified] >= 0).all()
    residual = residual_of(gram, projections, loadings)
    assert (residual[certified] <= 1e-9).all()
    # Alike components may share a loading otherwise, for as good a reconstruction.
    expected = RowSolver(gram).solve(projections.T).T
    found, best = (
        np.linalg.norm(rows - W.T @ components, axis=1) for W in (loadings, expected)
    )
    np.testing.assert_allclose(found[certified], best[certified], atol=1e-6)
