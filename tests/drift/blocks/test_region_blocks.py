"""Tests of sklearn_microarch.drift.blocks._region_blocks."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from sklearn_microarch.drift.blocks._region_blocks import (
    RegionBlocks,
    are_next_to,
    form_region_blocks,
    hold_out_region_blocks,
)


def grid_rows(height=240, width=400, step=4, n_images=1):
    """Return positions on a grid, and regions in three bands of columns."""
    images, rows, cols = np.mgrid[:n_images, 0:height:step, 0:width:step]
    positions = np.column_stack([images.ravel(), rows.ravel(), cols.ravel()])
    return positions, positions[:, 2] * 3 // width


def test_a_region_block_is_a_block_and_a_region():
    positions = np.array([[0, 3, 3], [0, 9, 9], [0, 3, 12], [0, 4, 4], [1, 3, 3]])
    codes = np.array([1, 1, 1, 2, 1])
    region_blocks = form_region_blocks(positions, codes, 10)
    assert region_blocks.blocks.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1], [1, 0, 0]]
    assert region_blocks.codes.tolist() == [1, 2, 1, 1]
    assert region_blocks.counts.tolist() == [2, 1, 1, 1]
    assert region_blocks.of_row.tolist() == [0, 0, 2, 1, 3]


def test_means_are_those_of_each_region_block(rng):
    positions, codes = grid_rows()
    region_blocks = form_region_blocks(positions, codes, 50)
    values = rng.normal(size=(len(positions), 3))
    means = region_blocks.means(values)
    for at in range(len(region_blocks)):
        np.testing.assert_allclose(
            means[at], values[region_blocks.of_row == at].mean(0)
        )


@pytest.mark.parametrize("seed", range(8))
def test_no_kept_centre_is_within_a_block_of_a_held_one(seed):
    positions, codes = grid_rows()
    region_blocks = form_region_blocks(positions, codes, 20)
    held, kept = hold_out_region_blocks(
        region_blocks, 0.25, np.random.RandomState(seed)
    )
    out, left = (
        positions[held[region_blocks.of_row]],
        positions[kept[region_blocks.of_row]],
    )
    apart, _ = cKDTree(left).query(out, p=np.inf)
    assert apart.min() > 20


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_the_asked_share_is_held_out_in_scattered_blocks(share):
    positions, codes = grid_rows()
    region_blocks = form_region_blocks(positions, codes, 20)
    per_block = region_blocks.counts.max()
    for seed in range(10):
        held, _ = hold_out_region_blocks(
            region_blocks, share, np.random.RandomState(seed)
        )
        n_held = region_blocks.counts[held].sum()
        assert share * len(positions) <= n_held < share * len(positions) + per_block
        spread = region_blocks.blocks[held].std(axis=0) / region_blocks.blocks.std(
            axis=0
        ).clip(1)
        assert spread[1:].min() > 0.5


def test_a_region_that_would_vanish_is_not_held_out():
    """The small region's two blocks touch, so that holding one out loses both."""
    blocks = np.array([[0, row, col] for row in range(6) for col in range(12)])
    codes = np.zeros(len(blocks), dtype=np.int64)
    codes[:2] = 1
    counts = np.full(len(blocks), 9)
    region_blocks = RegionBlocks(
        np.repeat(np.arange(len(blocks)), 9), blocks, blocks, codes, counts
    )
    drawn = []
    for seed in range(30):
        held, kept = hold_out_region_blocks(
            region_blocks, 0.2, np.random.RandomState(seed)
        )
        assert not held[codes == 1].any()
        assert held.any()
        drawn.append(kept[codes == 1].all())
    assert 0 < sum(drawn) < 30


def test_near_slices_are_dropped_where_one_is_held_out():
    """Slices 0 and 1 show the same tissue, slice 2 other tissue."""
    positions, codes = grid_rows(n_images=3)
    region_blocks = form_region_blocks(positions, codes, 20, np.array([0, 0, 1]))
    for seed in range(8):
        held, kept = hold_out_region_blocks(
            region_blocks, 0.08, np.random.RandomState(seed)
        )
        assert set(region_blocks.blocks[held][:, 0]) == {0, 1, 2}
        for stack in (0, 1):
            out = positions[
                held[region_blocks.of_row] & (positions[:, 0] // 2 == stack)
            ]
            left = positions[
                kept[region_blocks.of_row] & (positions[:, 0] // 2 == stack)
            ]
            apart, _ = cKDTree(left[:, 1:]).query(out[:, 1:], p=np.inf)
            assert apart.min() > 20
        # No place is held out of both.
        places = np.unique(region_blocks.places[held], axis=0)
        assert len(places) == len(np.unique(region_blocks.blocks[held], axis=0))


def test_blocks_of_other_slices_do_not_touch():
    blocks = np.array([[0, 4, 4], [0, 5, 5], [0, 6, 4], [1, 4, 4]])
    assert are_next_to(blocks, blocks[:1]).tolist() == [True, True, False, False]
