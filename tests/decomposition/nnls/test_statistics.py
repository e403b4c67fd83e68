"""Tests of sklearn_microarch.decomposition.nnls._statistics."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nnls import _statistics
from sklearn_microarch.decomposition.nnls._statistics import (
    empty_statistics,
    gather_statistics,
    unit_of,
)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(_statistics, "_ROWS_PER_CHUNK", 7)


@pytest.fixture
def parts(rng):
    return (
        rng.uniform(size=(40, 9)),
        rng.uniform(size=(40, 3)),
        rng.uniform(size=(3, 9)),
    )


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_the_objective_is_the_squared_residual(parts, scale):
    X, W, H = parts
    unit = unit_of(scale)
    statistics = gather_statistics(scale * X, scale * W, unit=unit)
    expected = (np.linalg.norm(X - W @ H) * (scale / unit)) ** 2
    assert statistics.objective(H) == pytest.approx(expected)
    energies = (W * (scale / unit)) ** 2
    np.testing.assert_allclose(statistics.energies, energies.sum(axis=0))


def test_batches_add_up(parts):
    X, W, H = parts
    whole = gather_statistics(X, W, unit=1.0)
    batches = [
        gather_statistics(X[a:b], W[a:b], unit=1.0) for a, b in [(0, 9), (9, 40)]
    ]
    added = sum(batches, start=empty_statistics(3, 9))
    assert added.objective(H) == pytest.approx(whole.objective(H))


def test_an_objective_without_digits_is_no_number(parts):
    _, W, H = parts
    statistics = gather_statistics(W @ H, W, unit=1.0)
    assert np.isnan(statistics.objective(H))


def test_rescaled_and_reordered_sums_are_those_of_such_loadings(parts):
    X, W, _H = parts
    lengths, order = np.array([2.0, 0.5, 3.0]), np.array([2, 0, 1])
    statistics = gather_statistics(X, W, unit=1.0)
    expected = gather_statistics(X, (W * lengths)[:, order], unit=1.0)
    found = statistics.rescaled(lengths).reordered(order)
    np.testing.assert_allclose(found.gram, expected.gram)
    np.testing.assert_allclose(found.target, expected.target)


def test_units_are_powers_of_two_and_one_for_ordinary_numbers():
    assert [unit_of(x) for x in (0.0, 1e-9, 1.0, 1e9)] == [1.0] * 4
    for largest in (1e-300, 1e300):
        unit = unit_of(largest)
        assert 1.0 <= largest / unit < 2.0
        assert np.frexp(unit)[0] == 0.5
