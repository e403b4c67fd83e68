"""Tests of sklearn_microarch.decomposition.nmf._passes."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from sklearn_microarch.decomposition.nmf import _passes
from sklearn_microarch.decomposition.nmf._passes import (
    RowPasses,
    refine_components,
    update_components,
)
from sklearn_microarch.decomposition.nnls._loading_solver import LoadingSolver
from sklearn_microarch.decomposition.nnls._loadings import nonnegative_loadings


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(LoadingSolver, "rows_per_batch", 64)
    monkeypatch.setattr(_passes, "_ROWS_AT_A_TIME", 64)


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
    statistics = RowPasses(X, loadings=stored).gather(components)
    np.testing.assert_array_equal(stored, nonnegative_loadings(X, components))
    expected = residual(X, components)
    assert statistics.objective(components) == pytest.approx(expected)


def test_the_number_of_threads_changes_no_sum(X, components):
    found = []
    for n_threads in (1, 2):
        with threadpool_limits(limits=n_threads):
            found.append(RowPasses(X).gather(components).target)
    np.testing.assert_array_equal(*found)


def test_updated_components_are_better_and_unit(X, components):
    statistics = RowPasses(X).gather(components)
    better, improved = update_components(components, statistics)
    np.testing.assert_allclose(np.linalg.norm(better, axis=1), 1.0)
    assert improved.objective(better) < statistics.objective(components)
    # Loadings solved anew on them can only be better again.
    assert residual(X, better) <= improved.objective(better)


def test_more_passes_are_never_worse(X, components, monkeypatch):
    errors = []
    for n_passes in (1, 2, 3, 8):
        monkeypatch.setattr(_passes, "_MAX_PASSES", n_passes)
        found, statistics = refine_components(RowPasses(X), components, tol=0.0)
        errors.append(statistics.objective(found))
        assert (np.diff(statistics.energies) <= 0).all()
    assert (np.diff(errors) < 0).all()


def test_an_infinite_tolerance_only_reorders(X, components):
    found, statistics = refine_components(RowPasses(X), components, tol=np.inf)
    assert sorted(map(tuple, found)) == sorted(map(tuple, components))
    assert (np.diff(statistics.energies) <= 0).all()


@pytest.fixture
def gathered(monkeypatch):
    """Collect the components of each pass."""
    passes = []
    original = RowPasses.gather

    def counting(self, components):
        passes.append(components)
        return original(self, components)

    monkeypatch.setattr(RowPasses, "gather", counting)
    return passes


def test_components_change_places_without_another_pass(X, components, gathered):
    stored = np.zeros((400, 6))
    statistics = RowPasses(X).gather(components)
    rising = components[np.argsort(statistics.energies)]
    del gathered[:]
    passes = RowPasses(X, loadings=stored)
    found, statistics = refine_components(passes, rising, tol=np.inf)
    assert len(gathered) == 1
    np.testing.assert_array_equal(found, rising[::-1])
    np.testing.assert_array_equal(stored, nonnegative_loadings(X, found))
    np.testing.assert_allclose(statistics.gram, stored.T @ stored)
    np.testing.assert_allclose(statistics.target, stored.T @ X)


def test_equal_components_that_change_places_are_solved_again(X, components, gathered):
    """Only one of them is loaded; which one it is depends on their order."""
    components[3] = components[1]
    stored = np.zeros((400, 6))
    passes = RowPasses(X, loadings=stored)
    found, _ = refine_components(passes, components, tol=np.inf)
    assert len(gathered) == 2
    np.testing.assert_array_equal(stored, nonnegative_loadings(X, found))


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_the_residual_norm_is_the_frobenius_norm(X, components, scale):
    expected = np.sqrt(residual(X, components))
    found = RowPasses(scale * X, unit=scale).residual_norm(components)
    assert found == pytest.approx(scale * expected)


def test_a_good_reconstruction_keeps_its_digits(rng, components):
    """Traces of small matrices would give noise of 1e-8 of the norm of X."""
    W = rng.uniform(0.1, 1.0, size=(400, 6))
    error = rng.normal(size=(400, 20))
    error -= error @ np.linalg.pinv(components) @ components
    passes = RowPasses(W @ components + 1e-12 * error)
    expected = 1e-12 * np.linalg.norm(error)
    assert passes.residual_norm(components) == pytest.approx(expected, rel=1e-2)


def test_zeros_have_no_residual(components):
    assert RowPasses(np.zeros((5, 20))).residual_norm(components) == 0.0
