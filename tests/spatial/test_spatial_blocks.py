"""Tests of sklearn_microarch.spatial._spatial_blocks."""

import numpy as np
import pytest

from sklearn_microarch import Patches, SliceImage
from sklearn_microarch.spatial import spatial_blocks


@pytest.fixture
def patches(rng):
    """Return patches of two slices."""
    first, second = (SliceImage(np.zeros((90, 140)), pixel_size_um=1) for _ in "ab")
    where = np.column_stack(
        [rng.integers(0, 2, 300), rng.integers(8, 82, 300), rng.integers(8, 132, 300)]
    )
    return Patches([first, second], where, 16)


def test_near_slices_share_their_blocks(patches):
    squares = patches.positions[:, 1:] // 16
    same_square = (squares[:, None] == squares).all(axis=2)
    # Nothing is known of where the slices lie, or they are less than a patch apart.
    for z_um in (None, [0, 7]):
        labels = spatial_blocks(patches, z_um=z_um).labels
        assert ((labels[:, None] == labels) == same_square).all()
    with pytest.raises(ValueError, match="z_um has"):
        spatial_blocks(patches, z_um=[0, 7, 9])


@pytest.mark.parametrize("size", [16, 25])
def test_rows_share_a_block_if_they_share_image_and_square(patches, size):
    blocks = spatial_blocks(patches, block_size=size, z_um=[0, 500])
    index, rows, cols = patches.positions.T
    squares = list(zip(index, rows // size, cols // size, strict=True))
    same_block = blocks.labels[:, None] == blocks.labels
    same_square = np.array([[a == b for b in squares] for a in squares])
    assert (same_block == same_square).all()
    assert set(blocks.labels) == set(range(blocks.labels.max() + 1))


def test_large_blocks_are_nearly_independent(patches):
    assert spatial_blocks(patches).block_size == 16
    assert spatial_blocks(patches).draw_share == pytest.approx(4 / 9)
    assert spatial_blocks(patches, block_size=32).draw_share == pytest.approx(25 / 36)
    assert spatial_blocks(patches, block_size=16000).draw_share > 0.999


def test_the_share_drawn_is_the_share_of_variance_that_blocks_show():
    # Rows on a line whose covariance falls as the overlap of their patches does.
    for size, block in ((20, 20), (20, 50)):
        distance = np.abs(np.subtract.outer(np.arange(1000), np.arange(1000)))
        covariance = np.clip(1 - distance / size, 0, None)
        which = np.arange(1000) // block
        within = covariance[which[:, None] == which].sum()
        line = Patches(np.zeros((64, 64)), [[32, 32]], size)
        share = spatial_blocks(line, block_size=block).draw_share
        assert np.sqrt(share) == pytest.approx(within / covariance.sum(), rel=0.02)


def test_bad_input_is_named(patches):
    with pytest.raises(ValueError, match="block_size=15 is less than the 16 pixels"):
        spatial_blocks(patches, block_size=15)
    with pytest.raises(TypeError, match=r"block_size=20\.5 must be an integer"):
        spatial_blocks(patches, block_size=20.5)
    with pytest.raises(TypeError, match="patches is a ndarray; spatial_blocks needs"):
        spatial_blocks(np.asarray(patches[:5]))
