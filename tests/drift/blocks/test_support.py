"""Tests of sklearn_microarch.drift.blocks._support."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from sklearn_microarch.drift.blocks import _support
from sklearn_microarch.drift.blocks._support import distances_to_support, fit_whitening


def test_scores_have_unit_covariance_within_regions(rng):
    codes = np.repeat([0, 1, 2], [300, 200, 100])
    mixing = rng.normal(size=(5, 5))
    features = rng.normal(size=(600, 5)) @ mixing + 10 * codes[:, np.newaxis]
    features = features.astype(np.float32)
    scores = fit_whitening(features, codes).scores(features)
    for code in range(3):
        scores[codes == code] -= scores[codes == code].mean(axis=0)
    covariance = scores.T @ scores / len(scores)
    np.testing.assert_allclose(covariance, np.eye(len(covariance)), atol=1e-3)


def test_directions_without_variance_are_left_out(rng):
    features = np.zeros((50, 6), dtype=np.float32)
    features[:, 2] = rng.normal(size=50)
    whitening = fit_whitening(features, np.zeros(50, dtype=int))
    assert whitening.axes.shape == (6, 1)
    assert np.isfinite(whitening.scores(features)).all()


def test_constant_features_are_no_error():
    features = np.ones((20, 3), dtype=np.float32)
    whitening = fit_whitening(features, np.zeros(20, dtype=int))
    assert np.isfinite(whitening.scores(features)).all()


@pytest.mark.parametrize("n_support", [3, 40])
def test_distances_agree_with_scikit_learn(rng, monkeypatch, n_support):
    monkeypatch.setattr(_support, "_ENTRIES_AT_A_TIME", 100)
    scores = rng.normal(size=(31, 4)).astype(np.float32)
    support = rng.normal(size=(n_support, 4)).astype(np.float32)
    neighbours = NearestNeighbors(n_neighbors=min(5, n_support)).fit(support)
    expected = neighbours.kneighbors(scores)[0].mean(axis=1)
    np.testing.assert_allclose(
        distances_to_support(scores, support), expected, rtol=1e-4
    )
