"""Tests of sklearn_microarch.metrics._reconstruction_score."""

import numpy as np
import pytest
from pipelines import fitted_pipeline, training_patches
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_microarch import NMFEmbedder
from sklearn_microarch.metrics import (
    reconstruction_score,
    reconstruction_scorer,
)


def test_it_is_the_share_of_the_squared_norm(rng, monkeypatch):
    X, made = rng.normal(size=(2, 70, 9))
    expected = 1 - np.linalg.norm(X - made) ** 2 / np.linalg.norm(X) ** 2
    assert reconstruction_score(X, made) == pytest.approx(expected)
    assert reconstruction_score(X, X) == 1
    assert reconstruction_score(X, np.zeros_like(X)) == 0
    monkeypatch.setattr(
        "sklearn_microarch.metrics._reconstruction_score._ROWS_AT_A_TIME", 8
    )
    assert reconstruction_score(X, made) == pytest.approx(expected)


def test_the_scorer_looks_at_what_the_factorization_is_given():
    pipe, (patches, labels) = fitted_pipeline(), training_patches()
    features = pipe[:2].transform(patches)
    loadings = pipe["nmf"].transform(features)
    expected = reconstruction_score(features, loadings @ pipe["nmf"].components_)
    assert 0.5 < expected <= 1
    for estimator in (
        pipe,
        pipe[:3],
        Pipeline([("factors", FrozenEstimator(pipe[:3])), ("cluster", pipe[-1])]),
    ):
        assert reconstruction_scorer(estimator, patches, labels) == expected


def test_on_the_rows_of_the_fit_it_is_the_error_of_the_fit(rng):
    X = rng.random((300, 8))
    embedder = NMFEmbedder(4, random_state=0).fit(X)
    explained = 1 - (embedder.reconstruction_err_ / np.linalg.norm(X)) ** 2
    assert reconstruction_scorer(embedder, X) == pytest.approx(explained)


def test_a_search_finds_the_components_that_explain(rng):
    X = rng.random((200, 3)) @ rng.random((3, 12))
    search = GridSearchCV(
        make_pipeline(NMFEmbedder(random_state=0)),
        {"nmfembedder__n_components": [1, 3]},
        scoring=reconstruction_scorer,
        cv=2,
        error_score="raise",
    ).fit(X)
    assert search.best_params_ == {"nmfembedder__n_components": 3}
    assert search.best_score_ == pytest.approx(1, abs=1e-3)


def test_any_factorization_that_can_be_inverted_will_do(rng):
    X = rng.normal(size=(50, 5))
    pca = make_pipeline(PCA(5)).fit(X)
    assert reconstruction_scorer(pca, X) == pytest.approx(1)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="Pipeline has no step with components_"):
        reconstruction_scorer(fitted_pipeline()[:2], training_patches()[0])
    with pytest.raises(ValueError, match=r"X_reconstructed has shape \(1, 2\)"):
        reconstruction_score([[1, 2, 3]], [[1, 2]])
    with pytest.raises(ValueError, match="X is zero everywhere"):
        reconstruction_score([[0, 0]], [[1, 2]])
