"""Tests of sklearn_microarch.decomposition._bi_cross_validation."""

import numpy as np
import pytest

from sklearn_microarch.decomposition._bi_cross_validation import held_out_errors


def errors_of(X, n_components, n_folds=2):
    return held_out_errors(
        X,
        n_components,
        n_folds=n_folds,
        max_iter=300,
        tol=1e-6,
        generator=np.random.RandomState(0),
    )


def test_data_of_that_rank_are_predicted(rng):
    X = rng.gamma(0.5, size=(120, 3)) @ rng.gamma(0.5, size=(3, 30))
    errors = errors_of(X / X.max(), 3, n_folds=3)
    assert errors.shape == (9,)
    assert errors.max() < 0.05


def test_too_few_and_too_many_components_predict_worse(rng):
    X = rng.gamma(0.5, size=(200, 4)) @ rng.gamma(0.5, size=(4, 30))
    X = np.maximum(X + 0.3 * rng.normal(size=X.shape), 0.0)
    errors = {k: errors_of(X / X.max(), k).mean() for k in (2, 4, 12)}
    assert errors[4] < errors[2]
    assert errors[4] < errors[12]


def test_noise_is_not_predicted_by_the_mean_alone(rng):
    """Entries of variance 1 about a mean of 1 leave half of their square."""
    X = rng.exponential(size=(400, 40))
    assert errors_of(X, 1) == pytest.approx(np.full(4, np.sqrt(0.5)), rel=0.05)


def test_a_part_of_zeros_is_no_nan(rng):
    X = np.zeros((20, 8))
    X[:, :4] = rng.uniform(size=(20, 4))
    X[0] = 1.0
    assert np.isfinite(errors_of(X, 2)).all()
