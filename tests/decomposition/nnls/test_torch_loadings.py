"""Tests of decomposition.nnls._torch_loadings, with torch on the CPU."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.optimize import nnls

from sklearn_microarch.decomposition.nnls import _torch_nnls
from sklearn_microarch.decomposition.nnls._loading_solver import LoadingSolver
from sklearn_microarch.decomposition.nnls._row_solver import RowSolver, kkt_residual
from sklearn_microarch.decomposition.nnls._torch_loadings import TorchLoadingSolver


@pytest.fixture
def components(rng):
    drawn = rng.gamma(0.5, size=(15, 64))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture
def rows(rng, components):
    mixed = rng.gamma(0.5, size=(600, 15)) * (rng.uniform(size=(600, 15)) > 0.5)
    return mixed @ components + rng.gamma(0.3, 0.5, size=(600, 64))


@pytest.fixture
def solver(components):
    return TorchLoadingSolver(components, "cpu")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_loadings_are_those_of_numpy_and_scipy(components, rows, solver, dtype):
    rows = rows.astype(dtype)
    loadings = solver.solve(rows)
    assert loadings.dtype == np.float64
    assert loadings.flags.c_contiguous
    ours = LoadingSolver(components).solve(rows)
    theirs = np.array([nnls(components.T, row.astype(float))[0] for row in rows])
    for expected in (ours, theirs):
        assert np.abs(loadings - expected).max() < 1e-12 * expected.max()
        np.testing.assert_array_equal(loadings > 0, expected > 0)
    residual = kkt_residual(components @ components.T, rows @ components.T, loadings)
    assert residual.max() < 1e-9


@pytest.mark.parametrize(
    "layout",
    [
        lambda X: X[::-1][::-1],
        np.asfortranarray,
        lambda X: np.repeat(X, 2, axis=1)[:, ::2],
        lambda X: np.broadcast_to(X, X.shape),
    ],
)
def test_the_layout_in_memory_changes_no_bit(rows, solver, layout):
    """The last one may not be written to, of which torch would warn."""
    np.testing.assert_array_equal(solver.solve(layout(rows)), solver.solve(rows))


def test_a_row_alone_has_the_same_bits_as_among_others(rows, solver, rng):
    together = solver.solve(rows)
    for size in (1, 2, 17, 333):
        batch = rng.choice(600, size=size, replace=False)
        np.testing.assert_array_equal(solver.solve(rows[batch]), together[batch])


def test_rows_that_pivoting_leaves_are_solved_all_the_same(rows, solver, monkeypatch):
    expected = solver.solve(rows)
    monkeypatch.setattr(_torch_nnls, "_N_EXCHANGES", 2)
    handed_over = []
    original = RowSolver.solve

    def counting(self, projections):
        handed_over.append(len(projections))
        return original(self, projections)

    monkeypatch.setattr(RowSolver, "solve", counting)
    loadings = solver.solve(rows)
    np.testing.assert_allclose(loadings, expected, atol=1e-12 * expected.max())
    assert sum(handed_over) > 20


def test_components_that_depend_on_each_other_are_solved(rng):
    components = rng.uniform(size=(15, 3)) @ rng.uniform(size=(3, 64))
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    rows = rng.gamma(0.5, size=(100, 64))
    loadings = TorchLoadingSolver(components, "cpu").solve(rows)
    best = np.array([nnls(components.T, row, maxiter=1000)[1] for row in rows])
    assert (loadings >= 0).all()
    found = np.linalg.norm(rows - loadings @ components, axis=1)
    assert (found <= best * (1 + 1e-9)).all()


def test_rows_of_any_scale_are_solved_at_their_own(components, rows, solver, rng):
    exponents = rng.integers(-1000, 1000, size=(600, 1))
    expected = np.ldexp(solver.solve(rows), exponents)
    np.testing.assert_array_equal(solver.solve(np.ldexp(rows, exponents)), expected)
    smallest = solver.solve(np.full((1, 64), 5e-324))
    assert np.isfinite(smallest).all()
    assert smallest.max() > 0


def test_zero_rows_and_zero_components_load_zero(components, rows):
    components[4] = 0.0
    rows[::3] = 0.0
    loadings = TorchLoadingSolver(components, "cpu").solve(rows)
    assert (loadings[:, 4] == 0).all()
    assert (loadings[::3] == 0).all()
    assert (loadings[1::3].sum(axis=1) > 0).all()


def test_no_rows_have_no_loadings(solver):
    assert solver.solve(np.empty((0, 64))).shape == (0, 15)


@pytest.mark.parametrize("unit", [1.0, 4.0])
def test_statistics_are_those_of_numpy(components, rows, solver, unit):
    loadings, statistics = solver.solve_and_gather(rows, unit=unit)
    np.testing.assert_array_equal(loadings, solver.solve(rows))
    _, expected = LoadingSolver(components).solve_and_gather(rows, unit=unit)
    np.testing.assert_allclose(statistics.gram, expected.gram, rtol=1e-12)
    np.testing.assert_allclose(statistics.target, expected.target, rtol=1e-12)
    assert statistics.norm == pytest.approx(expected.norm, rel=1e-12)
    assert statistics.objective(components) == pytest.approx(
        expected.objective(components), rel=1e-10
    )


def test_several_threads_may_share_a_solver(rows, solver):
    expected = solver.solve(rows)
    batches = [slice(start, start + 50) for start in range(0, 600, 50)]
    with ThreadPoolExecutor(3) as executor:
        parts = list(executor.map(lambda batch: solver.solve(rows[batch]), batches))
    np.testing.assert_array_equal(np.concatenate(parts), expected)


def test_batches_of_many_components_are_lower(rng):
    """Inverses of as many supports as there are rows would not fit the device."""
    heights = [
        TorchLoadingSolver(np.eye(n_components), "cpu").rows_per_batch
        for n_components in (1, 15, 100, 300)
    ]
    assert heights == [2**17, 2**17, 3355, 372]
