"""Tests of sklearn_microarch.clustering._mixture."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from sklearn_microarch.clustering import _mixture
from sklearn_microarch.clustering._mixture import (
    draw_rows,
    evaluate_in_blocks,
    fit_mixture,
)

SETTINGS = {"tol": 1e-3, "max_iter": 200, "n_init": 1, "reg_covar": 1e-3, "seed": 0}


@pytest.fixture
def rows(rng):
    """Return three groups of 20, 50 and 130 rows, far apart."""
    centres = np.repeat([[0.0, 9.0], [9.0, 9.0], [5.0, 0.0]], [20, 50, 130], axis=0)
    return centres + rng.normal(size=(200, 2))


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_all_arrays_of_the_mixture_follow_descending_weights(rows, covariance_type):
    mixture = fit_mixture(rows, 3, covariance_type=covariance_type, **SETTINGS)
    np.testing.assert_allclose(mixture.weights_, [0.65, 0.25, 0.1], atol=1e-6)
    np.testing.assert_allclose(
        mixture.means_, [[5, 0], [9, 9], [0, 9]], rtol=0, atol=0.7
    )
    # At the optimum the mean posteriors are the weights, in the same order.
    responsibilities = mixture.predict_proba(rows)
    np.testing.assert_allclose(responsibilities.mean(axis=0), mixture.weights_, 1e-6)
    groups = np.repeat([2, 1, 0], [20, 50, 130])
    np.testing.assert_array_equal(mixture.predict(rows), groups)


def test_full_covariances_are_those_of_the_groups(rows):
    mixture = fit_mixture(rows, 3, covariance_type="full", **SETTINGS)
    for index, group in enumerate([rows[70:], rows[20:70], rows[:20]]):
        expected = np.cov(group.T, bias=True)
        np.testing.assert_allclose(mixture.covariances_[index], expected, atol=0.02)


def test_regularization_is_a_share_of_the_mean_variance(rng):
    """A factor that is zero throughout keeps exactly the share."""
    rows = np.column_stack([rng.normal(size=500), np.zeros(500)])
    mixture = fit_mixture(rows, 1, covariance_type="full", **SETTINGS)
    expected = 1e-3 * rows.var(axis=0).mean()
    assert mixture.covariances_[0, 1, 1] == pytest.approx(expected)


def test_constant_rows_are_no_error():
    mixture = fit_mixture(np.ones((5, 2)), 1, covariance_type="full", **SETTINGS)
    np.testing.assert_allclose(mixture.covariances_[0], 1e-3 * np.eye(2), atol=1e-15)


def test_rows_are_drawn_once_each_and_keep_their_order():
    rows = np.arange(100.0)[:, np.newaxis]
    drawn = draw_rows(rows, 4, 30, np.random.RandomState(0))
    assert drawn.shape == (30, 1)
    assert (np.diff(drawn[:, 0]) > 0).all()


@pytest.mark.parametrize("max_samples", [None, 100, 1000])
def test_all_rows_are_kept_where_there_are_no_more(max_samples):
    rows = np.arange(100, dtype=np.float32)[:, np.newaxis]
    drawn = draw_rows(rows, 4, max_samples, np.random.RandomState(0))
    assert drawn.dtype == np.float64
    np.testing.assert_array_equal(drawn, rows)


def test_blocks_cover_every_row_once(monkeypatch):
    monkeypatch.setattr(_mixture, "_ROWS_PER_BLOCK", 7)
    rows = np.arange(46, dtype=np.float32).reshape(23, 2)
    doubled = evaluate_in_blocks(lambda block: 2 * block, rows)
    assert doubled.dtype == np.float64
    np.testing.assert_array_equal(doubled, 2 * rows)


def test_the_number_of_threads_does_not_matter(rng):
    rows = rng.gamma(1.0, size=(5000, 6)) * (rng.uniform(size=(5000, 6)) > 0.5)
    means = []
    for n_threads in (1, 2):
        with threadpool_limits(limits=n_threads):
            mixture = fit_mixture(rows, 3, covariance_type="full", **SETTINGS)
            means.append(mixture.means_)
    np.testing.assert_array_equal(*means)
