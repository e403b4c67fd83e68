"""Tests of sklearn_microarch.drift._pipeline_steps."""

import pytest
from pipelines import fitted_pipeline, small_pipeline, training_patches
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from sklearn_microarch.drift._pipeline_steps import find_steps


def test_steps_are_found_in_frozen_and_nested_pipelines():
    pipe = fitted_pipeline()
    nested = Pipeline(
        [
            ("patches", pipe["patches"]),
            ("frozen", FrozenEstimator(pipe[1:3])),
            ("cluster", pipe["cluster"]),
        ]
    )
    for found in (find_steps(pipe), find_steps(nested)):
        assert found.sampler is pipe["patches"]
        assert found.network is pipe["features"]
        assert found.factorization is pipe["nmf"]


def test_a_pipeline_without_factors_has_none():
    pipe = fitted_pipeline()
    assert find_steps(pipe[:2]).factorization is None
    passing = Pipeline([*pipe.steps[:2], ("nmf", "passthrough")])
    assert find_steps(passing).factorization is None


@pytest.mark.parametrize(
    "pipeline, message",
    [
        (PCA(), "pipeline is a PCA"),
        (Pipeline([("pca", PCA())]), "starts with PCA"),
        (Pipeline([("patches", small_pipeline()["patches"])]), "is NoneType"),
    ],
)
def test_other_pipelines_are_named(pipeline, message):
    with pytest.raises(TypeError, match=message):
        find_steps(pipeline)


def test_an_unfitted_pipeline_is_an_error():
    assert len(training_patches()[0])
    with pytest.raises(NotFittedError):
        find_steps(small_pipeline())
