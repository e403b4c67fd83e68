"""Tests of sklearn_microarch.decomposition.nmf._embedding."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from sklearn_microarch.decomposition.nmf._embedding import learn_embedding
from sklearn_microarch.decomposition.nmf._passes import RowPasses
from sklearn_microarch.decomposition.nnls._loadings import nonnegative_loadings
from sklearn_microarch.exceptions import UnusedComponentsWarning


def learn(X, n_components=6, *, seed=0, loadings=None, **settings):
    return learn_embedding(
        RowPasses(X, loadings=loadings),
        n_components,
        generator=np.random.RandomState(seed),
        **{"n_init": 2, "max_iter": 500, "tol": 1e-5, "max_samples": None, **settings},
    )


@pytest.fixture(name="X")
def _rows(rng):
    mixed = rng.gamma(0.5, size=(400, 6)) @ rng.gamma(0.5, size=(6, 20))
    return mixed + 0.3 * rng.uniform(size=(400, 20))


def test_loadings_are_solved_for_all_rows_on_the_components_returned(X):
    loadings = np.full((400, 6), np.nan)
    found = learn(X, max_samples=100, loadings=loadings)
    np.testing.assert_array_equal(loadings, nonnegative_loadings(X, found.components))
    error = np.linalg.norm(X - loadings @ found.components)
    assert found.error == pytest.approx(error)


@pytest.mark.parametrize("seed", range(4))
def test_energies_descend_over_all_rows_also_when_few_were_learned_from(X, seed):
    """Forty rows rank some factors otherwise than all four hundred do."""
    found = learn(X, seed=seed, max_samples=40)
    energies = (nonnegative_loadings(X, found.components) ** 2).sum(axis=0)
    assert (np.diff(energies) <= 1e-9 * energies[0]).all()


@pytest.mark.parametrize("seed", range(4))
def test_what_few_rows_taught_is_refined_on_all(X, seed):
    full = learn(X, seed=seed).error
    refined = learn(X, seed=seed, max_samples=100).error
    assert refined < 1.02 * full


def test_loadings_are_not_kept_unless_asked_for(X):
    without = learn(X)
    with_loadings = learn(X, loadings=np.empty((400, 6)))
    np.testing.assert_array_equal(without.components, with_loadings.components)
    assert without.error == with_loadings.error


def test_the_error_of_an_exact_factorization_keeps_its_digits(rng):
    X = np.zeros((50, 4))
    X[:, :3] = rng.uniform(size=(50, 3))
    found = learn(X, 3)
    assert found.error < 1e-12


def test_too_few_iterations_are_a_warning_that_names_the_remedy(X):
    with pytest.warns(ConvergenceWarning, match="max_iter=2 .* raise max_iter or tol"):
        found = learn(X, max_iter=2, n_init=1)
    assert found.n_iter == 2


def test_components_without_use_are_a_warning_with_the_numbers(X):
    loadings = np.empty((400, 25))
    with pytest.warns(UnusedComponentsWarning, match="n_components=25 .* the 20 that"):
        found = learn(X, 25, loadings=loadings)
    assert (found.components[20:] == 0).all()
    assert (loadings[:, 20:] == 0).all()


def test_fewer_samples_than_components_are_an_error(X):
    with pytest.raises(ValueError, match="max_samples=5 must be at least n_components"):
        learn(X, max_samples=5)
