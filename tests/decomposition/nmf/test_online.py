"""Tests of sklearn_microarch.decomposition.nmf._online."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nmf._embedding import learn_embedding
from sklearn_microarch.decomposition.nmf._online import continue_embedding
from sklearn_microarch.decomposition.nmf._passes import RowPasses
from sklearn_microarch.decomposition.nnls._loadings import nonnegative_loadings


@pytest.fixture(name="X")
def _rows(rng):
    mixed = rng.gamma(0.5, size=(2000, 6)) @ rng.gamma(0.5, size=(6, 20))
    return mixed + 0.3 * rng.uniform(size=(2000, 20))


def learn(X):
    return learn_embedding(
        RowPasses(X),
        6,
        n_init=3,
        max_iter=500,
        tol=1e-5,
        max_samples=None,
        generator=np.random.RandomState(0),
    )


def residual(X, components):
    return np.linalg.norm(X - nonnegative_loadings(X, components) @ components)


def test_batches_one_by_one_come_near_to_all_at_once(X):
    embedding = learn(X[:200])
    first = residual(X, embedding.components)
    for start in range(200, 2000, 200):
        embedding = continue_embedding(embedding, X[start : start + 200])
    best = residual(X, learn(X).components)
    last = residual(X, embedding.components)
    assert last < first
    assert last < 1.01 * best


def test_the_error_is_that_of_all_rows_so_far(X):
    embedding = continue_embedding(learn(X[:1000]), X[1000:])
    expected = residual(X, embedding.components)
    assert embedding.error == pytest.approx(expected, rel=1e-2)
    assert embedding.error >= expected


def test_components_stay_unit_and_by_descending_energy(X):
    embedding = continue_embedding(learn(X[:200]), X[200:])
    np.testing.assert_allclose(np.linalg.norm(embedding.components, axis=1), 1.0)
    assert (np.diff(embedding.statistics.energies) <= 0).all()
