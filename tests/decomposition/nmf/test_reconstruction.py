"""Tests of sklearn_microarch.decomposition.nmf._reconstruction."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nmf import _reconstruction
from sklearn_microarch.decomposition.nmf._reconstruction import residual_norm
from sklearn_microarch.decomposition.nnls._loadings import nonnegative_loadings


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(_reconstruction, "_ROWS_PER_BATCH", 7)


@pytest.fixture
def components(rng):
    drawn = rng.uniform(size=(3, 9))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_the_residual_norm_is_the_frobenius_norm(rng, components, scale):
    X = rng.uniform(size=(40, 9))
    expected = np.linalg.norm(X - nonnegative_loadings(X, components) @ components)
    found = residual_norm(scale * X, components, unit=scale)
    assert found == pytest.approx(scale * expected)


def test_a_good_reconstruction_keeps_its_digits(rng, components):
    """Traces of small matrices would give noise of 1e-8 of the norm of X."""
    W = rng.uniform(0.1, 1.0, size=(40, 3))
    error = rng.normal(size=(40, 9))
    error -= error @ np.linalg.pinv(components) @ components
    found = residual_norm(W @ components + 1e-12 * error, components, unit=1.0)
    assert found == pytest.approx(1e-12 * np.linalg.norm(error), rel=1e-2)


def test_zeros_have_no_residual(components):
    assert residual_norm(np.zeros((5, 9)), components, unit=1.0) == 0.0
