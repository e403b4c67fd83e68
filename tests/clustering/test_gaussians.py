"""Tests of sklearn_microarch.clustering._gaussians."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from sklearn_microarch.clustering._gaussians import Gaussians
from sklearn_microarch.exceptions import SingularCovarianceError


@pytest.fixture
def mixture(rng):
    factors = rng.normal(size=(3, 4, 9))
    return Gaussians(
        np.array([0.2, 0.5, 0.3]),
        rng.normal(size=(3, 4)),
        factors @ factors.transpose(0, 2, 1),
    )


def test_whitened_rows_of_a_component_have_unit_covariance(mixture, rng):
    for component in range(3):
        mean, covariance = mixture.means[component], mixture.covariances[component]
        whitening = mixture.whitening[component]
        inner = whitening[:-1, :-1]
        np.testing.assert_allclose(inner @ covariance @ inner.T, np.eye(4), atol=1e-12)
        at_mean = whitening @ np.append(mean, 1.0)
        np.testing.assert_allclose(at_mean, [0, 0, 0, 0, 1], atol=1e-12)


def test_peaks_are_weighted_densities_at_the_means(mixture):
    for component in range(3):
        mean, covariance = mixture.means[component], mixture.covariances[component]
        expected = np.log(mixture.weights[component])
        expected += multivariate_normal(mean, covariance).logpdf(mean)
        assert mixture.log_peaks[component] == pytest.approx(expected)


def test_order_is_by_descending_weight_in_all_arrays(mixture):
    ordered = mixture.in_order()
    np.testing.assert_array_equal(ordered.weights, [0.5, 0.3, 0.2])
    np.testing.assert_array_equal(ordered.means, mixture.means[[1, 2, 0]])
    np.testing.assert_array_equal(ordered.covariances, mixture.covariances[[1, 2, 0]])


@pytest.mark.parametrize(
    "covariance", [np.zeros((2, 2)), np.full((2, 2), np.nan), -np.eye(2)]
)
def test_a_covariance_that_is_none_is_an_error(covariance):
    mixture = Gaussians(np.ones(1), np.zeros((1, 2)), covariance[np.newaxis])
    with pytest.raises(SingularCovarianceError, match="Increase reg_covar"):
        _ = mixture.whitening
