"""Tests of sklearn_microarch.decomposition.nnls._own_systems."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nnls import _own_systems
from sklearn_microarch.decomposition.nnls._own_systems import OwnSystems
from sklearn_microarch.decomposition.nnls._pivoting import MARGIN


@pytest.fixture
def gram(rng):
    components = rng.gamma(0.5, size=(40, 64))
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    return components @ components.T


@pytest.fixture
def supports(rng):
    """Of every size: of none, of all, of whole and of part steps."""
    flags = np.arange(40) < np.arange(41)[:, np.newaxis]
    return rng.permuted(np.repeat(flags, 3, axis=0), axis=1)


def test_loadings_lie_inside_and_descents_outside(rng, gram, supports):
    projections = rng.uniform(size=supports.shape)
    solution = OwnSystems(gram).solve(projections, supports)
    for row, b, inside in zip(solution, projections, supports, strict=True):
        loadings = np.zeros(40)
        loadings[inside] = np.linalg.solve(gram[np.ix_(inside, inside)], b[inside])
        np.testing.assert_allclose(row[inside], loadings[inside], atol=1e-10)
        np.testing.assert_allclose(
            row[~inside], (b - gram @ loadings)[~inside], atol=1e-10
        )


def test_loadings_have_the_same_bits_in_any_company(rng, gram, supports, monkeypatch):
    projections = rng.uniform(size=supports.shape)
    systems = OwnSystems(gram)
    together = np.where(supports, systems.solve(projections, supports), 0.0)
    monkeypatch.setattr(_own_systems, "_NUMBERS_PER_CHUNK", 1)
    one_a_chunk = np.where(supports, systems.solve(projections, supports), 0.0)
    np.testing.assert_array_equal(one_a_chunk, together)


def test_a_descent_is_allowed_only_where_the_solution_is_unique(gram):
    assert OwnSystems(np.eye(3)).largest_descent > 0
    assert OwnSystems(np.ones((3, 3))).largest_descent == -MARGIN
