"""Tests of sklearn_microarch.decomposition.nnls._support_guess."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nnls import _support_guess
from sklearn_microarch.decomposition.nnls._row_solver import RowSolver
from sklearn_microarch.decomposition.nnls._support_guess import SupportGuesser


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_most_guesses_are_right_at_any_scale(rng, scale, monkeypatch):
    monkeypatch.setattr(_support_guess, "_ROWS_PER_CHUNK", 300)
    components = np.zeros((16, 64))
    components[:15] = rng.gamma(0.5, size=(15, 64))
    components[:15] /= np.linalg.norm(components[:15], axis=1, keepdims=True)
    gram = components @ components.T
    projections = rng.gamma(0.5, size=(1000, 64)) @ components.T
    support = RowSolver(gram).solve(projections) > 0
    guess = SupportGuesser(gram).guess(scale * projections)
    assert (guess == support).all(axis=1).mean() > 0.6


def test_rows_of_zeros_have_no_support():
    assert not SupportGuesser(np.eye(8)).guess(np.zeros((3, 8))).any()
