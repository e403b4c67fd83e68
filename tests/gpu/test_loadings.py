"""Loadings and components computed on a GPU are those of numpy."""

import numpy as np
import pytest

from sklearn_microarch.decomposition import NMFEmbedder

pytestmark = pytest.mark.gpu


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    mixed = rng.gamma(0.5, size=(3000, 15)) * (rng.uniform(size=(3000, 15)) > 0.5)
    parts = rng.gamma(0.5, size=(15, 64))
    return mixed @ parts + rng.gamma(0.3, 0.5, size=(3000, 64))


@pytest.fixture
def fitted(rows):
    return NMFEmbedder(15, random_state=0).fit(rows)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_loadings_deviate_by_rounding_alone(device, rows, fitted, dtype):
    rows = rows.astype(dtype)
    expected = fitted.transform(rows)
    found = fitted.set_params(device=device).transform(rows)
    assert found.dtype == expected.dtype
    tolerance = 1e-10 if dtype == np.float64 else 1e-6
    assert np.abs(found - expected).max() <= tolerance * expected.max()
    np.testing.assert_array_equal(found > 0, expected > 0)


def test_a_row_alone_has_the_same_bits_as_among_others(device, rows, fitted):
    fitted.set_params(device=device)
    together = fitted.transform(rows)
    for size in (1, 17, 999):
        np.testing.assert_array_equal(fitted.transform(rows[:size]), together[:size])


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1.0, 1e150])
def test_rows_of_any_scale_and_of_zeros_are_solved(device, rows, fitted, scale):
    rows = rows * scale
    rows[::5] = 0.0
    expected = fitted.transform(rows)
    found = fitted.set_params(device=device).transform(rows)
    np.testing.assert_allclose(found / scale, expected / scale, rtol=1e-8, atol=1e-10)
    assert (found[::5] == 0).all()


def test_components_that_depend_on_each_other_are_solved(device, rows, fitted):
    twins = fitted.components_.copy()
    twins[1], twins[2] = twins[0], (twins[3] + twins[4]) / 2
    fitted.components_ = twins
    best = rows - fitted.transform(rows) @ twins
    found = rows - fitted.set_params(device=device).transform(rows) @ twins
    lengths = np.linalg.norm(best, axis=1)
    assert (np.linalg.norm(found, axis=1) <= lengths * (1 + 1e-9)).all()


@pytest.mark.parametrize("max_samples", [None, 1000])
def test_a_fit_is_that_of_the_cpu(device, rows, max_samples):
    here, there = (
        NMFEmbedder(6, max_samples=max_samples, device=where, random_state=0)
        for where in ("cpu", device)
    )
    expected, found = here.fit_transform(rows), there.fit_transform(rows)
    np.testing.assert_allclose(there.components_, here.components_, atol=1e-6)
    np.testing.assert_allclose(found, expected, atol=1e-6 * expected.max())
    assert there.reconstruction_err_ == pytest.approx(here.reconstruction_err_)
    np.testing.assert_array_equal(there.transform(rows), found)
    for embedder in (here, there):
        embedder.partial_fit(rows[:500])
    np.testing.assert_allclose(there.components_, here.components_, atol=1e-6)
