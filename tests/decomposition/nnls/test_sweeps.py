"""Tests of sklearn_microarch.decomposition.nnls._sweeps."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nnls._row_solver import RowSolver
from sklearn_microarch.decomposition.nnls._sweeps import coordinate_sweeps


@pytest.fixture
def problem(rng):
    root = rng.gamma(0.5, size=(5, 12))
    root /= np.linalg.norm(root, axis=1, keepdims=True)
    return root @ root.T, rng.gamma(0.5, size=(5, 9))


def test_many_sweeps_solve_non_negative_least_squares(problem):
    gram, target = problem
    factor = np.zeros((5, 9))
    coordinate_sweeps(factor, gram, target, n_sweeps=500)
    np.testing.assert_allclose(factor, RowSolver(gram).solve(target.T).T, atol=1e-10)


def test_no_sweep_raises_the_objective(problem, rng):
    gram, target = problem
    factor = rng.uniform(size=(5, 9))
    before = np.inf
    for _ in range(10):
        coordinate_sweeps(factor, gram, target, n_sweeps=1)
        objective = 0.5 * np.sum(factor * (gram @ factor)) - np.sum(factor * target)
        assert objective <= before + 1e-12
        before = objective


def test_a_row_without_curvature_stays(problem, rng):
    gram, target = problem
    gram[2], gram[:, 2] = 0.0, 0.0
    factor = rng.uniform(size=(5, 9))
    before = factor[2].copy()
    coordinate_sweeps(factor, gram, target, n_sweeps=3)
    np.testing.assert_array_equal(factor[2], before)
    assert np.isfinite(factor).all()


def test_single_precision_stays_single(problem):
    single = (array.astype(np.float32) for array in problem)
    factor = np.zeros((5, 9), dtype=np.float32)
    coordinate_sweeps(factor, *single, n_sweeps=500)
    assert factor.dtype == np.float32
    gram, target = problem
    expected = RowSolver(gram).solve(target.T).T
    np.testing.assert_allclose(factor, expected, atol=1e-4)


@pytest.mark.parametrize("n_components", [16, 17, 40])
def test_blocks_of_components_are_swept_as_one_by_one(rng, n_components):
    root = rng.gamma(0.5, size=(n_components, 60))
    root[3] = 0.0
    gram, target = root @ root.T, rng.gamma(0.5, size=(n_components, 9))
    factor = rng.uniform(size=(n_components, 9))
    expected = factor.copy()
    for _ in range(2):
        for index in np.flatnonzero(gram.diagonal()):
            step = (target[index] - gram[index] @ expected) / gram[index, index]
            expected[index] = np.maximum(0.0, expected[index] + step)
    coordinate_sweeps(factor, gram, target, n_sweeps=2)
    np.testing.assert_allclose(factor, expected, rtol=1e-9, atol=1e-12)
