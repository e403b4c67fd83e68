"""Tests of sklearn_microarch.clustering._em."""

import warnings

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from sklearn_microarch.clustering._covariance_types import (
    compact_covariances,
    restrict_covariances,
)
from sklearn_microarch.clustering._densities import log_likelihoods, predict_labels
from sklearn_microarch.clustering._em import run_em
from sklearn_microarch.clustering._gaussians import Gaussians
from sklearn_microarch.exceptions import SingularCovarianceError

TYPES = ["full", "tied", "diag", "spherical"]
REG_COVAR = 1e-3


@pytest.fixture
def rows(rng):
    """Return overlapping groups with exact zeros, as loadings have them."""
    scales = rng.gamma(1.0, 2.0, size=(4, 6))[rng.integers(0, 4, size=9000)]
    rows = rng.gamma(2.0, scales)
    return rows * (rng.uniform(size=rows.shape) > 0.4)


@pytest.fixture
def start(rows):
    centres = rows[[10, 200, 3000, 8000]]
    return Gaussians(np.full(4, 0.25), centres, np.array([np.cov(rows.T)] * 4))


def of_type(start, covariance_type):
    covariances = restrict_covariances(
        start.covariances, start.weights, covariance_type
    )
    return Gaussians(start.weights, start.means, covariances)


def fit(rows, start, covariance_type="full", *, tol=1e-4, max_iter=100, reg=REG_COVAR):
    return run_em(
        rows,
        start,
        covariance_type=covariance_type,
        shrinkage=0.0,
        reg_covar=reg,
        tol=tol,
        max_iter=max_iter,
    )


@pytest.mark.parametrize("covariance_type", TYPES)
def test_every_iterate_is_that_of_scikit_learn(rows, start, covariance_type):
    start = of_type(start, covariance_type)
    compact = compact_covariances(start.covariances, covariance_type)
    inverse = np.linalg.inv if covariance_type in ("full", "tied") else np.reciprocal
    reference = GaussianMixture(
        4,
        covariance_type=covariance_type,
        tol=1e-4,
        max_iter=100,
        reg_covar=REG_COVAR,
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=inverse(compact),
        init_params="random",
        random_state=0,
    ).fit(rows)
    result = fit(rows, start, covariance_type)

    assert result.converged
    assert result.n_iter == reference.n_iter_
    assert result.log_likelihood == pytest.approx(reference.lower_bound_, rel=1e-10)
    mixture = result.mixture
    np.testing.assert_allclose(mixture.weights, reference.weights_, rtol=1e-8)
    np.testing.assert_allclose(mixture.means, reference.means_, rtol=1e-7)
    covariances = compact_covariances(mixture.covariances, covariance_type)
    np.testing.assert_allclose(covariances, reference.covariances_, atol=1e-8)
    labels = predict_labels(rows, mixture)
    assert adjusted_rand_score(labels, reference.predict(rows)) == 1.0


@pytest.mark.parametrize("covariance_type", TYPES)
def test_the_likelihood_never_falls(rows, start, covariance_type):
    """Without regularization, which is no part of the likelihood."""
    mixture, likelihoods = of_type(start, covariance_type), []
    for _ in range(15):
        mixture = fit(rows, mixture, covariance_type, max_iter=1, reg=0.0).mixture
        likelihoods.append(log_likelihoods(rows, mixture).mean())
    assert (np.diff(likelihoods) > -1e-12).all()


def test_where_a_factor_is_exactly_zero_the_variance_is_reg_covar_alone(rng):
    """Next to variances of a million, in the coordinates and in the other rows."""
    rows = rng.normal(1e4, 1e3, size=(5000, 3)).astype(np.float32)
    rows[:2000, 1] = 0.0
    start = Gaussians(
        np.array([0.4, 0.6]),
        np.array([[1e4, 0.0, 1e4], [1e4, 1e4, 1e4]]),
        np.array([np.diag([1e6, 1.0, 1e6]), 1e6 * np.eye(3)]),
    )
    result = fit(rows, start, reg=1e-3)
    assert result.mixture.covariances[0, 1, 1] == pytest.approx(1e-3, rel=1e-9)
    assert result.mixture.means[0, 1] == pytest.approx(0.0, abs=1e-9)
    smallest = np.linalg.eigvalsh(result.mixture.covariances[0])[0]
    assert smallest == pytest.approx(1e-3, rel=1e-6)


def test_a_distant_origin_costs_no_precision(rows, start):
    near = fit(rows, start)
    far = fit(
        rows + 1e6, Gaussians(start.weights, start.means + 1e6, start.covariances)
    )
    assert near.n_iter == far.n_iter
    np.testing.assert_allclose(
        far.mixture.covariances, near.mixture.covariances, rtol=1e-4, atol=1e-6
    )


def test_the_number_of_threads_changes_no_bit(rng, start):
    rows = rng.gamma(1.0, size=(40_000, 6)).astype(np.float32)
    results = []
    for n_threads in (1, 2):
        with threadpool_limits(limits=n_threads):
            results.append(fit(rows, start, max_iter=3, tol=0.0))
    np.testing.assert_array_equal(
        results[0].mixture.covariances, results[1].mixture.covariances
    )
    assert results[0].log_likelihood == results[1].log_likelihood


def test_too_few_iterations_are_not_called_converged(rows, start):
    result = fit(rows, start, tol=1e-9, max_iter=2)
    assert (result.n_iter, result.converged) == (2, False)


def test_a_component_that_loses_all_rows_stays_finite(rows, start):
    means = start.means.copy()
    means[2] = 1e6
    result = fit(rows, Gaussians(start.weights, means, start.covariances))
    for values in (result.mixture.means, result.mixture.covariances):
        assert np.isfinite(values).all()
    assert result.mixture.weights[2] < 1e-12
    assert result.mixture.weights.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("spoil", [np.zeros_like, lambda column: column + 5.0])
def test_a_flat_direction_is_an_error_unless_regularized(rows, start, spoil):
    flat = rows.copy()
    flat[:, 3] = spoil(np.zeros(len(rows)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SingularCovarianceError, match="ill-defined"):
            fit(flat, start, reg=0.0)
        assert np.isfinite(fit(flat, start).mixture.covariances).all()
