"""Tests of sklearn_microarch.clustering._kmeans_start."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from sklearn_microarch.clustering._kmeans_start import (
    kmeans_start,
    mean_variance,
    sample_doubles,
)

SIZES = (20, 50, 130)


@pytest.fixture
def rows(rng):
    """Return three groups of 20, 50 and 130 rows, far apart."""
    centres = np.repeat([[0.0, 9.0], [9.0, 9.0], [5.0, 0.0]], SIZES, axis=0)
    return centres + rng.normal(size=(200, 2))


def start(rows, n_components=3, **changes):
    settings = {
        "covariance_type": "full",
        "reg_covar": 1e-3,
        "generator": np.random.RandomState(0),
        **changes,
    }
    return kmeans_start(rows, n_components, **settings)


def test_rows_are_drawn_once_each_and_keep_their_order():
    rows = np.arange(100.0)[:, np.newaxis]
    drawn = sample_doubles(rows, 30, np.random.RandomState(0))
    assert drawn.shape == (30, 1)
    assert (np.diff(drawn[:, 0]) > 0).all()


@pytest.mark.parametrize("max_samples", [None, 100, 1000])
def test_all_rows_are_kept_where_there_are_no_more(max_samples):
    rows = np.arange(100, dtype=np.float32)[:, np.newaxis]
    drawn = sample_doubles(rows, max_samples, np.random.RandomState(0))
    assert drawn.dtype == np.float64
    np.testing.assert_array_equal(drawn, rows)


@pytest.mark.parametrize("n_samples", [1, 2, 65_536, 150_001])
def test_the_variance_is_that_of_numpy_in_any_number_of_batches(rng, n_samples):
    rows = rng.gamma(1.0, [1.0, 5.0, 20.0], size=(n_samples, 3)).astype(np.float32)
    expected = rows.astype(np.float64).var(axis=0).mean()
    assert mean_variance(rows) == pytest.approx(expected, rel=1e-12)


def test_the_variance_about_a_large_mean_is_not_lost(rng):
    rows = rng.normal(size=(150_000, 2))
    assert mean_variance(rows + 1e8) == pytest.approx(mean_variance(rows), rel=1e-6)


def test_values_too_large_to_square_are_an_error():
    with pytest.raises(ValueError, match=r"values so large .* scale them down"):
        mean_variance(np.array([[1e200], [-1e200]]))


def test_the_start_has_the_moments_of_the_groups(rows):
    mixture = start(rows).in_order()
    np.testing.assert_allclose(mixture.weights, [0.65, 0.25, 0.1])
    for index, group in enumerate([rows[70:], rows[20:70], rows[:20]]):
        np.testing.assert_allclose(mixture.means[index], group.mean(axis=0))
        expected = np.cov(group.T, bias=True) + 1e-3 * np.eye(2)
        np.testing.assert_allclose(mixture.covariances[index], expected)


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_clusters_without_rows_are_finite():
    mixture = start(np.ones((5, 2)))
    assert sorted(mixture.weights) == pytest.approx([0.0, 0.0, 1.0])
    assert (mixture.weights > 0).all()
    np.testing.assert_allclose(mixture.covariances, [1e-3 * np.eye(2)] * 3)
    np.testing.assert_array_equal(mixture.means, 1.0)


def test_very_many_rows_are_started_from_some_of_them(rng):
    centres = np.repeat([[0.0, 9.0], [9.0, 9.0]], [30_000, 10_000], axis=0)
    mixture = start(centres + rng.normal(size=centres.shape), 2).in_order()
    np.testing.assert_allclose(mixture.weights, [0.75, 0.25], atol=0.02)
    np.testing.assert_allclose(mixture.means, [[0, 9], [9, 9]], atol=0.05)


def test_the_number_of_threads_changes_no_bit(rng):
    rows = rng.gamma(1.0, size=(5000, 6))
    starts = []
    for n_threads in (1, 2):
        with threadpool_limits(limits=n_threads):
            starts.append(start(rows))
    np.testing.assert_array_equal(starts[0].covariances, starts[1].covariances)
