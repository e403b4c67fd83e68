"""Tests of sklearn_microarch.clustering._densities."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from sklearn_microarch.clustering._densities import (
    batch_height,
    log_likelihoods,
    predict_labels,
    predict_posteriors,
    row_tasks,
)
from sklearn_microarch.clustering._gaussians import Gaussians

FUNCTIONS = [predict_labels, predict_posteriors, log_likelihoods]


def make_mixture(rng, n_components, n_features):
    factors = rng.normal(size=(n_components, n_features, n_features + 3))
    return Gaussians(
        rng.dirichlet(np.full(n_components, 5.0)),
        rng.gamma(1.0, size=(n_components, n_features)),
        factors @ factors.transpose(0, 2, 1) / n_features,
    )


def as_scikit_learn(mixture):
    reference = GaussianMixture(len(mixture.weights))
    reference.weights_, reference.means_ = mixture.weights, mixture.means
    reference.covariances_ = mixture.covariances
    inverses = np.linalg.inv(np.linalg.cholesky(mixture.covariances))
    reference.precisions_cholesky_ = inverses.transpose(0, 2, 1)
    return reference


def sparse_rows(rng, n_samples, n_features):
    rows = rng.gamma(1.0, 2.0, size=(n_samples, n_features))
    return rows * (rng.uniform(size=rows.shape) > 0.5)


@pytest.mark.parametrize("n_components, n_features", [(1, 1), (2, 3), (4, 15), (7, 31)])
def test_values_are_those_of_scikit_learn(rng, n_components, n_features):
    mixture = make_mixture(rng, n_components, n_features)
    rows = sparse_rows(rng, 3001, n_features)
    reference = as_scikit_learn(mixture)
    np.testing.assert_allclose(
        log_likelihoods(rows, mixture), reference.score_samples(rows), rtol=1e-9
    )
    np.testing.assert_allclose(
        predict_posteriors(rows, mixture), reference.predict_proba(rows), atol=1e-10
    )
    np.testing.assert_array_equal(
        predict_labels(rows, mixture), reference.predict(rows)
    )


@pytest.mark.parametrize(
    "n_components, n_features", [(1, 1), (4, 15), (4, 64), (9, 99)]
)
def test_heights_are_whole_quanta_and_keep_batches_in_the_cache(
    rng, n_components, n_features
):
    height = batch_height(make_mixture(rng, n_components, n_features))
    assert height % 128 == 64
    assert height == 64 or 8 * height * n_components * (n_features + 1) <= 2**19


@pytest.mark.parametrize("n_samples", [1, 63, 20_000, 123_456])
def test_tasks_cover_every_row_once_in_whole_batches(rng, n_samples):
    mixture = make_mixture(rng, 4, 15)
    tasks = row_tasks(n_samples, mixture)
    rows = np.concatenate([np.arange(task.start, task.stop) for task in tasks])
    np.testing.assert_array_equal(rows, np.arange(n_samples))
    height = batch_height(mixture)
    assert all((task.stop - task.start) % height == 0 for task in tasks[:-1])


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("n_components, n_features", [(2, 1), (4, 6), (4, 15), (9, 20)])
def test_a_row_has_the_same_bits_alone_and_anywhere(
    rng, function, n_components, n_features
):
    mixture = make_mixture(rng, n_components, n_features)
    rows = sparse_rows(rng, 20_011, n_features).astype(np.float32)
    expected = function(rows, mixture)
    order = rng.permutation(len(rows))
    np.testing.assert_array_equal(function(rows[order], mixture), expected[order])
    for start in (1, 63, 64, 1000, 20_010):
        np.testing.assert_array_equal(function(rows[start:], mixture), expected[start:])
        np.testing.assert_array_equal(
            function(rows[start : start + 1], mixture), expected[start : start + 1]
        )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_number_of_threads_changes_no_bit(rng, function):
    mixture, rows = make_mixture(rng, 4, 15), sparse_rows(rng, 30_000, 15)
    results = []
    for n_threads in (1, 2, 3):
        with threadpool_limits(limits=n_threads):
            results.append(function(rows, mixture))
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.astype(np.float16),
        lambda rows: rows.astype(np.uint8),
        np.asfortranarray,
        lambda rows: np.repeat(rows, 2, axis=0)[::2],
        lambda rows: np.repeat(rows, 3, axis=1)[:, ::3],
        lambda rows: rows[::-1][::-1],
        lambda rows: rows.astype(">f4"),
    ],
)
def test_layout_and_dtype_do_not_matter(rng, function, change):
    mixture = make_mixture(rng, 3, 5)
    rows = sparse_rows(rng, 2500, 5).round().astype(np.float32)
    np.testing.assert_array_equal(
        function(change(rows), mixture), function(rows, mixture)
    )


def test_rows_of_a_read_only_memory_map_are_read(rng, tmp_path):
    mixture, rows = make_mixture(rng, 3, 5), sparse_rows(rng, 2500, 5)
    np.save(tmp_path / "rows.npy", rows)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    np.testing.assert_array_equal(
        predict_posteriors(mapped, mixture), predict_posteriors(rows, mixture)
    )


def test_rows_are_not_modified(rng):
    mixture, rows = make_mixture(rng, 3, 5), sparse_rows(rng, 2500, 5)
    before = rows.copy()
    for function in FUNCTIONS:
        function(rows, mixture)
    np.testing.assert_array_equal(rows, before)


def test_posteriors_of_rows_far_from_all_components_sum_to_one():
    mixture = Gaussians(np.full(2, 0.5), np.array([[0.0], [1.0]]), np.ones((2, 1, 1)))
    rows = np.array([[-1e6], [0.5], [1e6]])
    posteriors = predict_posteriors(rows, mixture)
    np.testing.assert_allclose(posteriors, [[1, 0], [0.5, 0.5], [0, 1]], atol=1e-200)
    assert log_likelihoods(rows, mixture)[0] == pytest.approx(-5e11, rel=1e-5)


def test_the_lowest_of_equal_components_is_the_label():
    mixture = Gaussians(np.full(3, 1 / 3), np.zeros((3, 2)), np.array([np.eye(2)] * 3))
    np.testing.assert_array_equal(predict_labels(np.ones((5, 2)), mixture), 0)


def test_more_components_than_a_byte_can_number_keep_their_labels(rng):
    n_components = 300
    means = np.arange(n_components, dtype=float)[:, np.newaxis]
    covariances = np.full((n_components, 1, 1), 1e-4)
    mixture = Gaussians(np.full(n_components, 1 / n_components), means, covariances)
    order = rng.permutation(n_components)
    np.testing.assert_array_equal(predict_labels(means[order], mixture), order)
