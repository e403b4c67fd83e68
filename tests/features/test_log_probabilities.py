"""Tests of CNNFeatureExtractor.predict_log_proba."""

import numpy as np
import pytest
from pipelines import fitted_pipeline, phantom, training_patches
from sklearn.exceptions import NotFittedError

from sklearn_microarch import CNNFeatureExtractor


def test_they_are_the_logarithms_of_the_probabilities():
    network, patches = fitted_pipeline()["features"], training_patches()[0]
    found = network.predict_log_proba(patches)
    assert found.dtype == np.float32
    assert found.shape == (len(patches), len(network.classes_))
    np.testing.assert_allclose(
        np.exp(found), network.predict_proba(patches), rtol=1e-5, atol=1e-7
    )
    np.testing.assert_array_equal(
        network.classes_[found.argmax(axis=1)], network.predict(patches)
    )


def test_they_are_finite_where_a_probability_vanishes(monkeypatch):
    network, patches = fitted_pipeline()["features"], training_patches()[0][:3]
    logits = np.zeros((3, len(network.classes_)), dtype=np.float32)
    logits[:, 0] = 1000.0
    monkeypatch.setattr(CNNFeatureExtractor, "_logits", lambda self, Z: logits)
    assert network.predict_proba(patches)[0, 1] == 0
    assert network.predict_log_proba(patches)[0].tolist()[:2] == [0.0, -1000.0]


def test_they_need_a_fit_and_patches():
    with pytest.raises(NotFittedError):
        CNNFeatureExtractor().predict_log_proba(training_patches()[0])
    with pytest.raises(TypeError, match="image"):
        fitted_pipeline()["features"].predict_log_proba(phantom().images[0])
