"""Tests of sklearn_microarch._walk."""

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from sklearn_microarch._walk import flat_steps, transform_rows


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
