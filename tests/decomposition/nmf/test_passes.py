"""Tests of sklearn_microarch.decomposition.nmf._passes."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from sklearn_microarch.decomposition.nmf import _passes
from sklearn_microarch.decomposition.nmf._passes import (
    solve_all,
    take_pass,
    update_components,
)
from sklearn_microarch.decomposition.nnls._loading_solver import LoadingSolver
from sklearn_microarch.decomposition.nnls._loadings import nonnegative_loadings


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(LoadingSolver, "rows_per_batch", 64)


@pytest.fixture(name="X")
def _rows(rng):
    mixed = rng.gamma(0.5, size=(400, 6)) @ rng.gamma(0.5, size=(6, 20))
    return mixed + 0.3 * rng.uniform(size=(400, 20))


@pytest.fixture
def components(rng):
    drawn = rng.uniform(size=(6, 20))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def residual(X, components):
    loadings = nonnegative_loadings(X, components)
    return np.linalg.norm(X - loadings @ components) ** 2


def test_a_pass_stores_exact_loadings_and_knows_the_residual(X, components):
    stored = np.zeros((400, 6))

    def store(rows, loadings):
        stored[rows] = loadings

    statistics = take_pass(X, components, unit=1.0, store=store)
    np.testing.assert_array_equal(stored, nonnegative_loadings(X, components))
    expected = residual(X, components)
    assert statistics.objective(components) == pytest.approx(expected)


def test_the_number_of_threads_changes_no_sum(X, components):
    found = []
    for n_threads in (1, 2):
        with threadpool_limits(limits=n_threads):
            found.append(take_pass(X, components, unit=1.0).target)
    np.testing.assert_array_equal(*found)


def test_updated_components_are_better_and_unit(X, components):
    statistics = take_pass(X, components, unit=1.0)
    better, improved = update_components(components, statistics)
    np.testing.assert_allclose(np.linalg.norm(better, axis=1), 1.0)
    assert improved.objective(better) < statistics.objective(components)
    # Loadings solved anew on them can only be better again.
    assert residual(X, better) <= improved.objective(better)


def test_more_passes_are_never_worse(X, components, monkeypatch):
    errors = []
    for n_passes in (1, 2, 3, 8):
        monkeypatch.setattr(_passes, "_MAX_PASSES", n_passes)
        found, statistics = solve_all(X, components, unit=1.0, tol=0.0)
        errors.append(statistics.objective(found))
        assert (np.diff(statistics.energies) <= 0).all()
    assert (np.diff(errors) < 0).all()


def test_an_infinite_tolerance_only_reorders(X, components):
    found, statistics = solve_all(X, components, unit=1.0, tol=np.inf)
    assert sorted(map(tuple, found)) == sorted(map(tuple, components))
    assert (np.diff(statistics.energies) <= 0).all()
