"""Tests of sklearn_microarch.decomposition.nmf._extrapolation."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nmf._extrapolation import Extrapolation
from sklearn_microarch.decomposition.nmf._hals import descend
from sklearn_microarch.decomposition.nmf._start_components import random_components


def test_the_first_iteration_is_plain_and_later_ones_go_further():
    extrapolation = Extrapolation(np.array([[1.0, 1.0]]))
    at = np.array([[2.0, 0.9]])
    np.testing.assert_array_equal(extrapolation.beyond(at), at)
    extrapolation.learn(fell=True, plain_next=False)
    beyond = extrapolation.beyond(np.array([[3.0, 0.0]]))
    assert beyond[0, 0] > 3.0
    assert beyond[0, 1] == 0.0


def test_steps_are_shorter_after_the_objective_rose():
    extrapolation = Extrapolation(np.zeros((1, 1)))
    reached, at = [], 0.0
    for fell in (True, True, False, True, True):
        at += 1.0
        reached.append(extrapolation.beyond(np.array([[at]])).item() - at)
        extrapolation.learn(fell=fell, plain_next=False)
    assert reached[0] == reached[3] == 0.0
    assert 0.0 < reached[4] < reached[1] < reached[2]


def test_a_last_iteration_is_plain_where_asked():
    extrapolation = Extrapolation(np.zeros((1, 1)))
    extrapolation.learn(fell=True, plain_next=True)
    assert extrapolation.is_plain


@pytest.mark.parametrize("n_components", [4, 20])
def test_half_the_iterations_lead_as_low(rng, monkeypatch, n_components):
    X = rng.gamma(0.5, size=(300, 30)) @ rng.gamma(0.3, size=(30, 50))
    X = (X / X.max()) + 0.02 * rng.uniform(size=X.shape)
    start = random_components((n_components, 50), np.random.RandomState(0))
    with_it = descend(X, start, max_iter=60, tol=0.0).objective
    monkeypatch.setattr(Extrapolation, "beyond", lambda self, H: H)
    assert with_it < descend(X, start, max_iter=120, tol=0.0).objective
