"""Tests of sklearn_microarch.metrics.specimens._region_blocks."""

from itertools import combinations

import numpy as np
import pytest

from sklearn_microarch.metrics.specimens._region_blocks import BlocksOfRegion


@pytest.fixture
def blocks(rng):
    """Return seven blocks of unequal size, of eight factors."""
    counts = rng.integers(3, 9, size=7).astype(float)
    return BlocksOfRegion(counts, rng.exponential(size=(7, 8)), np.ones(8))


def test_mean_is_that_of_all_rows(blocks):
    rows = np.repeat(blocks.means, blocks.counts.astype(int), axis=0)
    np.testing.assert_allclose(blocks.mean, rows.mean(axis=0))


def test_variance_of_blocks_of_equal_size_is_that_of_a_mean(rng):
    means = rng.normal(size=(9, 3))
    found = BlocksOfRegion(np.full(9, 4.0), means, np.ones(3)).variance
    np.testing.assert_allclose(found, means.var(axis=0, ddof=1) / 9)


@pytest.mark.parametrize("n_blocks", [6, 7])
def test_errors_of_halves_vary_as_the_mean_does(n_blocks, rng):
    """Over all halves there are, of six or of seven blocks, this is exact."""
    blocks = BlocksOfRegion(
        np.ones(n_blocks), rng.normal(size=(n_blocks, 2)), np.ones(2)
    )
    n_first = n_blocks // 2
    errors = []
    for first in combinations(range(n_blocks), n_first):
        rest = np.setdiff1d(np.arange(n_blocks), first)
        gap = blocks.means[list(first)].mean(axis=0) - blocks.means[rest].mean(axis=0)
        errors.append(np.sqrt(n_first * len(rest)) / n_blocks * gap)
    np.testing.assert_allclose(np.mean(np.square(errors), axis=0), blocks.variance)
    drawn, _ = blocks.halve(4000, np.random.RandomState(0))
    np.testing.assert_allclose((drawn**2).mean(axis=0), blocks.variance, rtol=0.1)


def test_what_all_blocks_share_is_no_error(blocks, rng):
    brighter = BlocksOfRegion(blocks.counts, blocks.means + 100.0, blocks.active)
    for seed in range(3):
        one = blocks.halve(20, np.random.RandomState(seed))
        other = brighter.halve(20, np.random.RandomState(seed))
        for found, expected in zip(other, one, strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-9)


def test_drawn_blocks_scatter_as_the_variance_says(blocks):
    drawn = blocks.resample(7, 4000, np.random.RandomState(0))
    assert drawn.shape == (4000, 8)
    # A bootstrap leaves out the factor n / (n - 1).
    np.testing.assert_allclose(drawn.var(axis=0), blocks.variance * 6 / 7, rtol=0.3)
