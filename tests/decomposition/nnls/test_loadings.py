"""Tests of sklearn_microarch.decomposition.nnls._loadings and _loading_solver."""

import numpy as np
import pytest
from scipy.optimize import nnls
from threadpoolctl import threadpool_limits

from sklearn_microarch.decomposition.nnls import (
    _loading_solver,
    _support_table,
)
from sklearn_microarch.decomposition.nnls._loading_solver import LoadingSolver
from sklearn_microarch.decomposition.nnls._loadings import nonnegative_loadings
from sklearn_microarch.decomposition.nnls._row_solver import kkt_residual


def unit(components):
    lengths = np.linalg.norm(components, axis=1, keepdims=True)
    return components / np.where(lengths > 0, lengths, 1.0)


@pytest.fixture
def components(rng):
    return unit(rng.gamma(0.5, size=(15, 64)))


@pytest.fixture
def rows(rng, components):
    mixed = rng.gamma(0.5, size=(1000, 15)) * (rng.uniform(size=(1000, 15)) > 0.5)
    return mixed @ components + rng.gamma(0.3, 0.5, size=(1000, 64))


@pytest.fixture
def one_by_one(monkeypatch):
    """Count the rows that are solved one by one."""
    solved = []
    original = LoadingSolver._solve_one_by_one

    def counting(self, X):
        solved.append(len(X))
        return original(self, X)

    monkeypatch.setattr(LoadingSolver, "_solve_one_by_one", counting)
    return solved


def residuals(rows, components, loadings):
    return kkt_residual(
        components @ components.T,
        rows.astype(np.float64) @ components.T,
        loadings.astype(np.float64),
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_loadings_equal_those_of_an_independent_solver(
    components, rows, dtype, one_by_one
):
    rows = rows.astype(dtype)
    loadings = nonnegative_loadings(rows, components)
    expected = np.array([nnls(components.T, row.astype(float))[0] for row in rows])
    precision = 1e-7 if dtype == np.float32 else 1e-12
    assert np.abs(loadings - expected).max() < precision * expected.max()
    assert 0.1 < (loadings == 0).mean() < 0.9
    np.testing.assert_array_equal(loadings > 0, expected > 0)
    assert residuals(rows, components, loadings).max() < 10 * precision
    assert sum(one_by_one) < 5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_row_alone_has_the_same_bits_as_among_others(
    components, rows, dtype, monkeypatch, rng
):
    rows = rows.astype(dtype)
    together = nonnegative_loadings(rows, components)
    for index in range(0, 1000, 20):
        alone = nonnegative_loadings(rows[index : index + 1], components)
        np.testing.assert_array_equal(alone[0], together[index])
    for size in (2, 3, 17, 64, 501):
        batch = rng.choice(1000, size=size, replace=False)
        np.testing.assert_array_equal(
            nonnegative_loadings(rows[batch], components), together[batch]
        )
    monkeypatch.setattr(LoadingSolver, "rows_per_batch", 37)
    np.testing.assert_array_equal(nonnegative_loadings(rows, components), together)
    column_major = np.asfortranarray(rows)
    np.testing.assert_array_equal(
        nonnegative_loadings(column_major, components), together
    )


def test_zeros_of_an_exact_mixture_are_recovered(components, rng):
    mixed = rng.gamma(1.0, size=(300, 15)) * (rng.uniform(size=(300, 15)) > 0.6)
    loadings = nonnegative_loadings(mixed @ components, components)
    np.testing.assert_array_equal(loadings > 0, mixed > 0)
    np.testing.assert_allclose(loadings, mixed, atol=1e-10)


def spread_in_three_dimensions(rng):
    return rng.uniform(size=(15, 3)) @ rng.uniform(size=(3, 64))


def twice_the_same(rng):
    components = rng.gamma(0.5, size=(15, 64))
    components[7] = components[2]
    return components


def nearly_the_same(rng):
    components = rng.gamma(0.5, size=(15, 64))
    components[7] = components[2] + 1e-6 * rng.uniform(size=64)
    components[8] = components[2] + 1e-7 * rng.uniform(size=64)
    return components


def all_similar(rng):
    return 1.0 + 1e-3 * rng.normal(size=(15, 64))


def more_than_dimensions(rng):
    return rng.uniform(size=(30, 20))


@pytest.mark.parametrize(
    "make",
    [
        spread_in_three_dimensions,
        twice_the_same,
        nearly_the_same,
        all_similar,
        more_than_dimensions,
    ],
)
def test_dependent_components_reconstruct_as_well_as_can_be(make, rng):
    components = unit(make(rng))
    rows = rng.gamma(0.5, size=(200, components.shape[1]))
    loadings = nonnegative_loadings(rows, components)
    best = np.array([nnls(components.T, row, maxiter=1000)[1] for row in rows])
    found = np.linalg.norm(rows - loadings @ components, axis=1)
    assert (loadings >= 0).all()
    # Components 1e-7 apart are at the limit of what a Gram matrix can tell.
    assert (found <= best * (1 + 1e-7)).all()
    residual = kkt_residual(components @ components.T, rows @ components.T, loadings)
    assert residual.max() < 1e-7
    np.testing.assert_array_equal(
        nonnegative_loadings(rows[5:6], components)[0], loadings[5]
    )


def test_zero_rows_and_zero_components_load_zero(components, rows):
    components[4] = 0.0
    rows[::3] = 0.0
    loadings = nonnegative_loadings(rows, components)
    assert (loadings[:, 4] == 0).all()
    assert (loadings[::3] == 0).all()
    assert (loadings[1::3].sum(axis=1) > 0).all()


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_loadings_scale_with_the_rows(components, rows, scale):
    expected = scale * nonnegative_loadings(rows, components)
    loadings = nonnegative_loadings(scale * rows, components)
    np.testing.assert_allclose(loadings, expected, rtol=0, atol=1e-12 * scale)


def test_loadings_keep_the_dtype_and_are_solved_in_double(components, rows):
    single = rows.astype(np.float32)
    loadings = nonnegative_loadings(single, components)
    double = nonnegative_loadings(single.astype(np.float64), components)
    assert loadings.dtype == np.float32
    np.testing.assert_array_equal(loadings, double.astype(np.float32))


@pytest.mark.parametrize("n_components", [1, 2, 8, 9, 17, 33, 64, 65, 130])
def test_any_number_of_components_is_solved(rng, n_components):
    """Words of one to eight bytes, with and without padding, and more than a word."""
    components = unit(rng.gamma(0.5, size=(n_components, 64)))
    rows = rng.gamma(0.3, size=(40, 64))
    loadings = nonnegative_loadings(rows, components)
    expected = np.array([nnls(components.T, row)[0] for row in rows])
    np.testing.assert_allclose(loadings, expected, atol=1e-9)
    np.testing.assert_array_equal(
        nonnegative_loadings(rows[3:4], components)[0], loadings[3]
    )


def test_the_number_of_threads_changes_no_bit(components, rows, monkeypatch):
    monkeypatch.setattr(LoadingSolver, "rows_per_batch", 37)
    found = []
    for n_threads in (1, 2):
        with threadpool_limits(limits=n_threads):
            found.append(nonnegative_loadings(rows, components))
    np.testing.assert_array_equal(*found)


@pytest.fixture
def many_components(rng):
    return unit(rng.gamma(0.2, size=(60, 200)))


def test_rows_of_many_components_are_solved_together(rng, many_components, one_by_one):
    rows = rng.gamma(0.3, size=(300, 200))
    loadings = nonnegative_loadings(rows, many_components)
    expected = np.array([nnls(many_components.T, row)[0] for row in rows])
    np.testing.assert_allclose(loadings, expected, atol=1e-10)
    np.testing.assert_array_equal(loadings > 0, expected > 0)
    assert sum(one_by_one) < 10
    for index in range(0, 300, 20):
        alone = nonnegative_loadings(rows[index : index + 1], many_components)
        np.testing.assert_array_equal(alone[0], loadings[index])


@pytest.mark.parametrize("n_components", [15, 60])
def test_loadings_have_the_same_bits_in_any_order_of_components(rng, n_components):
    components = unit(rng.gamma(0.2, size=(n_components, 200)))
    rows = rng.gamma(0.3, size=(200, 200))
    order = rng.permutation(n_components)
    np.testing.assert_array_equal(
        nonnegative_loadings(rows, components[order]),
        nonnegative_loadings(rows, components)[:, order],
    )


def test_rows_taken_for_uncertain_keep_their_bits(
    components, rows, monkeypatch, one_by_one
):
    expected = nonnegative_loadings(rows, components)
    monkeypatch.setattr(
        _loading_solver,
        "solve_by_pivoting",
        lambda projections, *_: (projections, np.arange(len(projections))),
    )
    np.testing.assert_array_equal(nonnegative_loadings(rows, components), expected)
    assert sum(one_by_one) >= 1000


def test_a_bad_guess_changes_no_bit(components, rows, monkeypatch, rng):
    expected = nonnegative_loadings(rows, components)
    monkeypatch.setattr(
        _loading_solver.SupportGuesser,
        "guess",
        lambda self, projections: rng.uniform(size=projections.shape) < 0.5,
    )
    np.testing.assert_array_equal(nonnegative_loadings(rows, components), expected)


def test_rows_that_pivoting_leaves_are_solved_all_the_same(
    components, rows, monkeypatch, one_by_one
):
    expected = nonnegative_loadings(rows, components)
    monkeypatch.setattr(_support_table, "_SETTLED_PER_COLUMN", 1.0)
    np.testing.assert_array_equal(nonnegative_loadings(rows, components), expected)
    assert sum(one_by_one) > 20


def test_a_full_table_changes_no_bit(components, rows, monkeypatch):
    """Room for 64 supports, of which 16 may be asked for at once."""
    expected = nonnegative_loadings(rows, components)
    monkeypatch.setattr(_support_table, "_CAPACITY", 1)
    np.testing.assert_array_equal(nonnegative_loadings(rows, components), expected)


def test_margins_too_narrow_to_be_certain_are_solved_one_by_one(one_by_one):
    """The second component's loading is a billionth of the first one's."""
    components = np.eye(2)
    rows = np.array([[1.0, 1e-9], [1.0, 0.5]])
    loadings = nonnegative_loadings(rows, components)
    np.testing.assert_allclose(loadings, rows, rtol=1e-12)
    assert one_by_one == [1]


def test_rows_of_very_unequal_scale_do_not_disturb_each_other(components, rows, rng):
    scales = 10.0 ** rng.integers(-300, 300, size=(len(rows), 1))
    loadings = nonnegative_loadings(scales * rows, components)
    expected = nonnegative_loadings(rows, components)
    np.testing.assert_allclose(loadings / scales, expected, atol=1e-10)
    for index in range(0, 1000, 50):
        alone = nonnegative_loadings((scales * rows)[index : index + 1], components)
        np.testing.assert_array_equal(alone[0], loadings[index])


def test_half_precision_is_read_as_it_is(components, rows):
    half = rows.astype(np.float16)
    loadings = nonnegative_loadings(half, components)
    assert loadings.dtype == np.float32
    expected = nonnegative_loadings(half.astype(np.float32), components)
    np.testing.assert_array_equal(loadings, expected)


def test_no_rows_have_no_loadings(components):
    assert nonnegative_loadings(np.empty((0, 64)), components).shape == (0, 15)


def test_batches_are_checked_before_they_are_solved(components, rows):
    seen = []
    nonnegative_loadings(rows, components, check=lambda batch: seen.append(batch.shape))
    assert seen == [(1000, 64)]
