"""Tests of sklearn_microarch.drift.blocks._null."""

import numpy as np
import pytest

from sklearn_microarch import Patches
from sklearn_microarch.drift._slice_rows import SliceRows
from sklearn_microarch.drift.blocks._baseline import MEASURES, tabulate
from sklearn_microarch.drift.blocks._null import Null, draw_null
from sklearn_microarch.drift.blocks._region_blocks import form_region_blocks


def null_of(indicators):
    return Null(np.ones(2), indicators, np.zeros((len(indicators), 5)))


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_as_many_draws_are_beyond_a_limit_as_asked(rng, rate):
    indicators = rng.gamma(2, [1, 5, 0.1], size=(199, 3))
    limits = null_of(indicators).limits(rate)
    beyond = (indicators > limits).any(axis=1).sum()
    assert beyond == int(200 * rate) - 1


def rows_of(rng, *, height=224, width=448, with_residual=True):
    """Return rows whose features differ between two regions and between blocks."""
    positions = np.mgrid[8:height:8, 8:width:8].reshape(2, -1).T
    codes = (positions[:, 1] > width // 3).astype(int)
    blocks = rng.normal(size=(height // 32 + 1, width // 32 + 1, 6))
    features = blocks[positions[:, 0] // 32, positions[:, 1] // 32]
    features = features + 5 * codes[:, np.newaxis]
    features += 0.3 * rng.normal(size=features.shape)
    n = len(positions)
    return SliceRows(
        Patches(np.zeros((height, width)), positions, 16),
        features.astype(np.float32),
        codes,
        rng.uniform(0.5, 1, size=n).astype(np.float32),
        rng.uniform(0.1, 0.2, size=n).astype(np.float32) if with_residual else None,
        rng.normal(size=(n, 3)).astype(np.float32),
    )


def drawn(rows, seed=0):
    region_blocks = form_region_blocks(rows.patches.positions, rows.codes, 32)
    support = np.ones(len(rows), dtype=bool)
    return draw_null(
        tabulate(rows, region_blocks, 2),
        support,
        2,
        n_draws=20,
        rng=np.random.RandomState(seed),
    )


def test_few_held_out_rows_are_outside_by_construction(rng):
    null = drawn(rows_of(rng))
    assert null.indicators[:, 1].mean() == pytest.approx(0.05, abs=0.01)


def test_draws_repeat_with_their_seed(rng):
    rows = rows_of(rng)
    first, again = drawn(rows, 3), drawn(rows, 3)
    np.testing.assert_array_equal(first.indicators, again.indicators)
    assert (first.indicators != drawn(rows, 4).indicators).any()


def test_without_factors_residuals_do_not_change(rng):
    at = MEASURES.index("residual")
    without = drawn(rows_of(rng, with_residual=False)).in_errors
    assert np.abs(without[:, at]).max() < 1e-3
    assert np.abs(drawn(rows_of(rng)).in_errors[:, at]).max() > 0.5


def test_a_slice_of_a_few_blocks_is_an_error(rng):
    with pytest.raises(ValueError, match="the reference holds 4 blocks of tissue"):
        drawn(rows_of(rng, height=48, width=48))
