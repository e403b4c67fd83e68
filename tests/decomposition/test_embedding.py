"""Tests of sklearn_microarch.decomposition._embedding."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from sklearn_microarch.decomposition._embedding import learn_embedding
from sklearn_microarch.decomposition._nnls import nonnegative_loadings
from sklearn_microarch.exceptions import UnusedComponentsWarning

SETTINGS = {"n_init": 2, "max_iter": 500, "tol": 1e-5}


@pytest.fixture(name="X")
def _rows(rng):
    mixed = rng.gamma(0.5, size=(400, 6)) @ rng.gamma(0.5, size=(6, 20))
    return mixed + 0.3 * rng.uniform(size=(400, 20))


def test_loadings_are_solved_for_all_rows_on_the_components_returned(X):
    found, loadings = learn_embedding(
        X, 6, max_samples=100, generator=np.random.RandomState(0), **SETTINGS
    )
    assert loadings.shape == (400, 6)
    np.testing.assert_array_equal(loadings, nonnegative_loadings(X, found.components))


@pytest.mark.parametrize("seed", range(8))
def test_energies_descend_over_all_rows_also_when_few_were_learned_from(X, seed):
    """Forty rows rank some factors otherwise than all four hundred do."""
    _, loadings = learn_embedding(
        X, 6, max_samples=40, generator=np.random.RandomState(seed), **SETTINGS
    )
    energies = (loadings**2).sum(axis=0)
    assert (np.diff(energies) <= 1e-9 * energies[0]).all()


def test_too_few_iterations_are_a_warning_that_names_the_remedy(X):
    settings = {**SETTINGS, "max_iter": 2, "n_init": 1}
    with pytest.warns(ConvergenceWarning, match="max_iter=2 .* raise max_iter or tol"):
        found, _ = learn_embedding(
            X, 6, max_samples=None, generator=np.random.RandomState(0), **settings
        )
    assert found.n_iter == 2


def test_components_without_use_are_a_warning_with_the_numbers(X):
    with pytest.warns(UnusedComponentsWarning, match="n_components=25 .* the 20 that"):
        found, loadings = learn_embedding(
            X, 25, max_samples=None, generator=np.random.RandomState(0), **SETTINGS
        )
    assert (found.components[20:] == 0).all()
    assert (loadings[:, 20:] == 0).all()


def test_fewer_samples_than_components_are_an_error(X):
    with pytest.raises(ValueError, match="max_samples=5 must be at least n_components"):
        learn_embedding(
            X, 6, max_samples=5, generator=np.random.RandomState(0), **SETTINGS
        )
