"""Tests of sklearn_microarch._walk."""

import numpy as np
import pytest
from pipelines import fitted_pipeline, small_pipeline, training_patches
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from sklearn_microarch._walk import find_steps, flat_steps, transform_rows


def test_nested_and_frozen_steps_come_in_order(rng):
    X = rng.normal(size=(7, 3))
    first, second, third = StandardScaler(), MinMaxScaler(), StandardScaler()
    inner = make_pipeline(second, "passthrough", None).fit(X)
    pipe = Pipeline([("a", first), ("b", FrozenEstimator(inner)), ("c", third)]).fit(X)
    steps = flat_steps(pipe)
    assert steps == [first, second, third]
    np.testing.assert_array_equal(transform_rows(steps, X), pipe.transform(X))
    assert transform_rows([], X) is X


def test_a_single_step_is_a_chain_of_one():
    scaler = StandardScaler()
    assert flat_steps(scaler) == flat_steps(FrozenEstimator(scaler)) == [scaler]


def find(pipeline):
    return find_steps(pipeline, "a test", needs_features=True)


def test_steps_are_found_in_frozen_and_nested_pipelines():
    pipe = fitted_pipeline()
    nested = Pipeline(
        [
            ("patches", pipe["patches"]),
            ("frozen", FrozenEstimator(pipe[1:3])),
            ("cluster", pipe["cluster"]),
        ]
    )
    for found in (find(pipe), find(nested), find(FrozenEstimator(nested))):
        assert found.sampler is pipe["patches"]
        assert found.network is pipe["features"]
        assert found.factorization is pipe["nmf"]


def test_a_pipeline_without_factors_has_none():
    pipe = fitted_pipeline()
    assert find(pipe[:2]).factorization is None
    passing = Pipeline([*pipe.steps[:2], ("nmf", "passthrough")])
    assert find(passing).factorization is None


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
        find(pipeline)


def test_an_unfitted_pipeline_is_an_error():
    assert len(training_patches()[0])
    with pytest.raises(NotFittedError):
        find(small_pipeline())
