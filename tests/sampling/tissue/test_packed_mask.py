"""Tests of sklearn_microarch.sampling.tissue._packed_mask."""

from itertools import pairwise

import numpy as np
import pytest

from sklearn_microarch.sampling.tissue._packed_mask import PackedMask, mask_strips


@pytest.mark.parametrize("shape", [(7, 9), (5, 16), (3, 1)])
def test_a_packed_mask_gives_back_what_was_written(rng, shape):
    mask = rng.random(shape) < 0.5
    packed = PackedMask(shape)
    assert not packed.count()
    packed[:] = mask
    np.testing.assert_array_equal(np.asarray(packed), mask)
    np.testing.assert_array_equal(packed[1:3], mask[1:3])
    np.testing.assert_array_equal(packed[0:3:2], mask[0:3:2])
    assert packed.count() == mask.sum()
    packed[1:2] |= ~mask[1:2]
    assert packed[1:2].all()
    assert (packed.size, packed.nbytes) == (mask.size, shape[0] * -(-shape[1] // 8))
    assert PackedMask(shape, fill=True).count() == mask.size


def test_rectangles_are_written_where_bytes_begin(rng):
    mask = rng.random((10, 21)) < 0.5
    packed = PackedMask(mask.shape)
    for rows in (slice(0, 4), slice(4, 10)):
        for cols in (slice(0, 8), slice(8, 16), slice(16, 21)):
            packed.write(rows, cols, mask[rows, cols])
    np.testing.assert_array_equal(np.asarray(packed), mask)
    with pytest.raises(ValueError, match="copy"):
        np.asarray(packed, copy=False)


def test_strips_cover_all_rows_and_begin_at_multiples_of_the_step():
    parts = list(mask_strips((100, 1 << 21), step=3))
    assert [part.start % 3 for part in parts] == [0] * len(parts)
    assert parts[-1].stop == 100
    for one, other in pairwise(parts):
        assert one.stop == other.start
