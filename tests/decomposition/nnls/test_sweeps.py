"""Tests of sklearn_microarch.decomposition.nnls._sweeps."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nnls._nnls import solve_nnls
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
    np.testing.assert_allclose(factor, solve_nnls(gram, target), atol=1e-10)


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
    gram, target = (array.astype(np.float32) for array in problem)
    factor = np.zeros((5, 9), dtype=np.float32)
    coordinate_sweeps(factor, gram, target, n_sweeps=500)
    np.testing.assert_allclose(factor, solve_nnls(*problem), atol=1e-4)
