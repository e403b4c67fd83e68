"""Tests of sklearn_microarch.decomposition._reconstruction."""

import numpy as np
import pytest

from sklearn_microarch.decomposition import _reconstruction
from sklearn_microarch.decomposition._reconstruction import (
    component_energies,
    residual_norm,
)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(_reconstruction, "_ROWS_PER_BLOCK", 7)


def test_the_residual_norm_is_the_frobenius_norm(rng):
    X, W, H = rng.uniform(size=(40, 9)), rng.uniform(size=(40, 3)), rng.uniform(size=9)
    H = np.array([H, H[::-1], H**2])
    expected = np.linalg.norm(X - W @ H)
    assert residual_norm(X, W, H) == pytest.approx(expected)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_norms_and_energies_neither_underflow_nor_overflow(rng, scale):
    X, W, H = rng.uniform(size=(40, 9)), rng.uniform(size=(40, 3)), rng.uniform(size=9)
    H = np.array([H, H[::-1], H**2])
    expected = scale * residual_norm(X, W, H)
    assert residual_norm(scale * X, scale * W, H) == pytest.approx(expected)
    np.testing.assert_allclose(component_energies(scale * W), component_energies(W))


def test_a_good_reconstruction_keeps_its_digits(rng):
    """Traces of small matrices would give noise of 1e-8 of the norm of X."""
    W, H = rng.uniform(size=(40, 3)), rng.uniform(size=(3, 9))
    error = 1e-12 * rng.normal(size=(40, 9))
    expected = np.linalg.norm(error)
    assert residual_norm(W @ H + error, W, H) == pytest.approx(expected, rel=1e-2)


def test_energies_are_sums_of_squares(rng):
    loadings = rng.uniform(size=(40, 3))
    loadings[0, 0] = 2.0
    expected = (loadings**2).sum(axis=0) / 4.0
    np.testing.assert_allclose(component_energies(loadings), expected)


def test_zeros_have_no_energy_and_no_residual():
    assert component_energies(np.zeros((5, 2))).tolist() == [0.0, 0.0]
    assert residual_norm(np.zeros((5, 3)), np.zeros((5, 2)), np.zeros((2, 3))) == 0.0
