"""Tests of sklearn_microarch.decomposition.nmf._nmf."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from sklearn_microarch.decomposition.nmf import _nmf
from sklearn_microarch.decomposition.nmf._nmf import factorize
from sklearn_microarch.decomposition.nnls._loadings import nonnegative_loadings


def run(X, n_components, *, n_init=5, max_iter=500, tol=1e-5):
    return factorize(
        X,
        n_components,
        n_init=n_init,
        max_iter=max_iter,
        tol=tol,
        generator=np.random.RandomState(0),
    )


def test_separate_parts_are_found(rng):
    """Parts on disjoint columns, each alone in some row, are the only solution."""
    parts = np.kron(np.eye(3), np.ones((1, 4))) * rng.uniform(0.5, 1.0, size=12)
    parts /= np.linalg.norm(parts, axis=1, keepdims=True)
    loadings = rng.gamma(1.0, size=(400, 3)) * [9.0, 3.0, 1.0]
    loadings[::2] *= rng.permuted(np.tile([1.0, 0.0, 0.0], (200, 1)), axis=1)
    found = run(loadings @ parts, 3, max_iter=2000, tol=1e-8)
    assert found.converged
    np.testing.assert_allclose(found.components, parts, atol=1e-5)


@pytest.fixture
def runs(monkeypatch):
    """Return a list that grows by rows, start, settings and end of each descent."""
    found = []
    descend = _nmf.descend

    def record(X, start, **settings):
        end = descend(X, start, **settings)
        found.append((len(X), start, settings["max_iter"], end))
        return end

    monkeypatch.setattr(_nmf, "descend", record)
    return found


def mixed(rng, n_rows):
    """Return non-negative rows that many components suit about as well."""
    return np.maximum(0.0, rng.normal(size=(n_rows, 6)) @ rng.normal(size=(6, 20)))


def test_of_many_rows_the_best_of_the_finalists_is_followed(rng, monkeypatch, runs):
    monkeypatch.setattr(_nmf, "_TRIAL_ROWS", 200)
    monkeypatch.setattr(_nmf, "_FEWER_ROWS", 300)
    run(mixed(rng, 900), 8)
    assert [n_rows for n_rows, *_ in runs] == [200] * 5 + [300] * 3 + [900]
    trials, finalists = [end for *_, end in runs[:5]], [end for *_, end in runs[5:8]]
    best_trials = sorted(trials, key=lambda end: end.objective)[:3]
    for (_, start, _, _), trial in zip(runs[5:8], best_trials, strict=True):
        assert start is trial.components
    last_start = runs[-1][1]
    assert last_start is min(finalists, key=lambda end: end.objective).components


def test_the_better_half_of_the_trials_goes_on_for_twice_as_long(rng, runs):
    run(mixed(rng, 900), 8, n_init=9)
    assert [max_iter for _, _, max_iter, _ in runs] == [10] * 9 + [20] * 4 + [
        40
    ] * 2 + [500]
    first = sorted((end for *_, end in runs[:9]), key=lambda end: end.objective)
    for (_, start, _, _), trial in zip(runs[9:13], first, strict=False):
        assert start is trial.components


def test_auto_has_more_starts_where_they_cost_little(rng, monkeypatch, runs):
    X = mixed(rng, 900)
    run(X, 8, n_init="auto")
    few = sum(max_iter == 10 for _, _, max_iter, _ in runs)
    runs.clear()
    monkeypatch.setattr(_nmf, "_TRIAL_ROWS", 200)
    monkeypatch.setattr(_nmf, "_FEWER_ROWS", 300)
    run(X, 8, n_init="auto")
    assert [few, sum(max_iter == 10 for _, _, max_iter, _ in runs)] == [5, 16]


def test_more_starts_are_never_worse_on_few_rows(rng):
    X = np.maximum(0.0, rng.normal(size=(600, 6)) @ rng.normal(size=(6, 20)))
    errors = []
    for n_init in (1, 3, 9):
        components = run(X, 8, n_init=n_init).components
        loadings = nonnegative_loadings(X, components)
        errors.append(np.linalg.norm(X - loadings @ components))
    assert errors[1] <= errors[0] * (1 + 1e-3)
    assert errors[2] <= errors[1] * (1 + 1e-3)


@pytest.mark.parametrize("shape", [(40, 3), (3, 40), (5, 5), (1, 7), (7, 1)])
@pytest.mark.parametrize("extra", [0, 1, 10])
def test_components_enough_for_every_row_or_column_are_exact(rng, shape, extra):
    X = rng.gamma(1.0, size=shape)
    n_useful = min(shape)
    found = run(X, n_useful + extra)
    loadings = nonnegative_loadings(X, found.components)
    assert found.n_useful == n_useful
    assert (found.components[n_useful:] == 0).all()
    np.testing.assert_allclose(loadings @ found.components, X, atol=1e-12)
    lengths = np.linalg.norm(found.components[:n_useful], axis=1)
    np.testing.assert_allclose(lengths, 1.0)


def test_zero_rows_and_columns_count_for_nothing(rng):
    X = np.zeros((30, 20))
    X[np.ix_([3, 8, 9], [0, 5, 6, 7])] = rng.uniform(0.5, 1.0, size=(3, 4))
    found = run(X, 6)
    assert found.n_useful == 3
    dead = np.setdiff1d(np.arange(20), [0, 5, 6, 7])
    assert (found.components[:, dead] == 0).all()


def test_all_zero_data_have_zero_components():
    found = run(np.zeros((9, 4)), 2)
    assert found.n_useful == 0
    assert (found.components == 0).all()


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_the_scale_of_the_data_does_not_matter(rng, scale):
    X = rng.gamma(1.0, size=(80, 3)) @ rng.gamma(1.0, size=(3, 7))
    expected = run(X, 3).components
    np.testing.assert_allclose(run(scale * X, 3).components, expected, atol=1e-6)


def test_a_rank_below_the_number_of_components_is_no_nan(rng):
    X = rng.gamma(1.0, size=(200, 2)) @ rng.gamma(1.0, size=(2, 20))
    found = run(X, 9)
    assert np.isfinite(found.components).all()
    loadings = nonnegative_loadings(X, found.components)
    residual = np.linalg.norm(X - loadings @ found.components)
    assert residual < 1e-2 * np.linalg.norm(X)


def test_the_number_of_threads_does_not_matter(rng):
    X = rng.gamma(0.5, size=(6000, 8)) @ rng.gamma(0.5, size=(8, 40))
    X += rng.uniform(size=X.shape)
    found = []
    for n_threads in (1, 2):
        with threadpool_limits(limits=n_threads):
            components = run(X, 8, n_init=2, max_iter=20, tol=1e-3).components
            found.append(nonnegative_loadings(X[:500], components))
    np.testing.assert_array_equal(*found)
