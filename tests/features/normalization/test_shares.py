"""Shares are the best there are, whatever the start."""

import numpy as np
import pytest
from scipy.optimize import minimize

from sklearn_microarch.features.normalization._shares import LEAST_LOG, best_shares


def _value(shares, density):
    return np.log(density @ shares).mean() + LEAST_LOG * np.log(shares).sum()


def _density(rng, n=70, k=5):
    """Return densities at draws of the first three of k Gaussians along a line."""
    drawn = rng.choice(3, size=n, p=[0.5, 0.3, 0.2]) + rng.normal(0, 0.4, size=n)
    return np.exp(-0.5 * ((drawn[:, None] - np.arange(k)) / 0.4) ** 2)


def test_shares_are_those_of_an_independent_solver(rng):
    density = _density(rng)
    found = best_shares(density)
    other = minimize(
        lambda shares: -_value(shares, density),
        np.full(5, 0.2),
        method="SLSQP",
        bounds=[(1e-9, 1)] * 5,
        constraints={"type": "eq", "fun": lambda shares: shares.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    np.testing.assert_allclose(found, other.x, rtol=0, atol=1e-5)


def test_no_share_can_gain_by_what_others_lose(rng):
    density = _density(rng)
    found = best_shares(density)
    slope = (density / (density @ found)[:, None]).mean(axis=0) + LEAST_LOG / found
    np.testing.assert_allclose(slope, slope[0], rtol=1e-8)
    assert found.sum() == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("start", [[0.96, 0.01, 0.01, 0.01, 0.01], [1e-6] * 4 + [1]])
def test_the_start_does_not_matter(rng, start):
    density = _density(rng)
    again = best_shares(density, np.array(start))
    np.testing.assert_allclose(again, best_shares(density), rtol=0, atol=1e-9)


def test_a_template_that_no_window_is_like_keeps_a_little(rng):
    density = _density(rng)
    density[:, 4] = 0
    found = best_shares(density)
    assert 0 < found[4] < 2 * LEAST_LOG
