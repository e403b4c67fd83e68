"""Tests of sklearn_microarch.model_selection._resampling."""

import numpy as np

from sklearn_microarch.model_selection import _resampling
from sklearn_microarch.model_selection._resampling import (
    resample_blocks,
    sum_over_blocks,
)


def test_cells_count_rows_and_sum_values(rng):
    values = rng.normal(size=(200, 2))
    codes, blocks = rng.integers(0, 3, 200), rng.choice(["a", "b", "d", "x"], 200)
    cells = sum_over_blocks(values, codes, blocks, n_regions=3)
    assert cells.shape == (4, 3, 3)
    for at, name in enumerate(["a", "b", "d", "x"]):
        for code in range(3):
            rows = (blocks == name) & (codes == code)
            assert cells[at, code, 0] == rows.sum()
            np.testing.assert_allclose(cells[at, code, 1:], values[rows].sum(axis=0))


def test_resamples_are_sums_of_whole_blocks_and_hold_every_region(rng):
    # Blocks of 1, 10, 100 and 1000 rows: a total tells how often each was drawn.
    cells = np.zeros((4, 2, 2))
    cells[:, 0, 0] = [1, 10, 100, 1000]
    cells[2, 1, 0] = 7
    cells[..., 1] = cells[..., 0] / 2
    totals = resample_blocks(
        cells, n_drawn=3, n_resamples=4000, rng=np.random.RandomState(0)
    )
    assert totals.shape == (4000, 2, 2)
    np.testing.assert_array_equal(totals[..., 1], totals[..., 0] / 2)
    drawn = totals[:, 0, 0].astype(int)
    times = np.stack([drawn // 10**power % 10 for power in range(4)], axis=1)
    assert (times.sum(axis=1) == 3).all()
    assert (times[:, 2] >= 1).all()
    np.testing.assert_array_equal(totals[:, 1, 0], 7 * times[:, 2])
    # Given that the third is among three draws, the others have mean 2/3 of what
    # is left: 3 - E[times of the third] over three blocks.
    expected = (3 - 0.75 / (1 - 0.75**3)) / 3
    np.testing.assert_allclose(times[:, [0, 1, 3]].mean(axis=0), expected, atol=0.04)


def test_they_do_not_depend_on_how_many_are_drawn_at_a_time(monkeypatch, rng):
    cells = rng.integers(1, 5, size=(30, 2, 2)).astype(float)
    few = {"n_drawn": 30, "n_resamples": 50}
    whole = resample_blocks(cells, rng=np.random.RandomState(3), **few)
    monkeypatch.setattr(_resampling, "_PICKS_AT_A_TIME", 70)
    parts = resample_blocks(cells, rng=np.random.RandomState(3), **few)
    np.testing.assert_array_equal(whole, parts)


def test_none_are_returned_where_regions_hardly_meet():
    cells = np.zeros((8, 8, 2))
    cells[np.arange(8), np.arange(8), 0] = 1
    totals = resample_blocks(
        cells, n_drawn=4, n_resamples=20, rng=np.random.RandomState(0)
    )
    assert totals.shape == (0, 8, 2)
