"""Tests of sklearn_microarch.clustering._covariance_types."""

import numpy as np
import pytest

from sklearn_microarch.clustering._covariance_types import (
    compact_covariances,
    count_covariance_parameters,
    expand_covariances,
    restrict_covariances,
)

SHAPES = {"full": (3, 4, 4), "tied": (4, 4), "diag": (3, 4), "spherical": (3,)}
WEIGHTS = np.array([0.5, 0.3, 0.2])


@pytest.fixture
def empirical(rng):
    factors = rng.normal(size=(3, 4, 9))
    return factors @ factors.transpose(0, 2, 1)


@pytest.mark.parametrize("covariance_type", SHAPES)
def test_compact_shapes_are_those_of_scikit_learn_and_lose_nothing(
    empirical, covariance_type
):
    full = restrict_covariances(empirical, WEIGHTS, covariance_type)
    compact = compact_covariances(full, covariance_type)
    assert compact.shape == SHAPES[covariance_type]
    expanded = expand_covariances(compact, 3, 4, covariance_type)
    np.testing.assert_array_equal(expanded, full)


@pytest.mark.parametrize("covariance_type", SHAPES)
def test_no_covariance_of_the_type_is_more_likely(empirical, covariance_type, rng):
    """The expected log-likelihood falls in every direction the type allows."""

    def likelihood(covariances):
        _, log_determinants = np.linalg.slogdet(covariances)
        distances = np.trace(np.linalg.solve(covariances, empirical), axis1=1, axis2=2)
        return -float(WEIGHTS @ (log_determinants + distances))

    best = restrict_covariances(empirical, WEIGHTS, covariance_type)
    for _ in range(20):
        step = rng.normal(size=(3, 4, 4))
        step = restrict_covariances(
            step + step.transpose(0, 2, 1), np.full(3, 1 / 3), covariance_type
        )
        assert likelihood(best + 1e-2 * step) < likelihood(best)


def test_parameters_are_counted_once():
    counts = {
        name: count_covariance_parameters(3, 4, name)
        for name in ("full", "tied", "diag", "spherical")
    }
    assert counts == {"full": 30, "tied": 10, "diag": 12, "spherical": 3}
