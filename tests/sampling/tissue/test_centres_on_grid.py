"""Tests of sklearn_microarch.sampling.tissue._centres_on_grid."""

import numpy as np
import pytest

from sklearn_microarch.sampling.tissue import _packed_mask
from sklearn_microarch.sampling.tissue._centres_on_grid import centres_on_grid
from sklearn_microarch.sampling.tissue._packed_mask import PackedMask


def test_a_grid_lies_on_multiples_of_the_step_in_raster_order():
    where = np.ones((7, 9), dtype=bool)
    where[3, 6] = False
    found = centres_on_grid([where], 3, 1, "drop", index=4)
    assert found.tolist() == [
        [4, row, col] for row in (0, 3, 6) for col in (0, 3, 6) if (row, col) != (3, 6)
    ]


@pytest.mark.parametrize("pixels", [1, 50, 1 << 22])
@pytest.mark.parametrize("border", ["drop", "reflect"])
def test_strips_and_bits_find_what_whole_masks_show(monkeypatch, rng, pixels, border):
    monkeypatch.setattr(_packed_mask, "PIXELS_OF_A_STRIP", pixels)
    for step, size in ((1, 1), (1, 4), (3, 5), (5, 2), (40, 3), (2, 30)):
        shape = tuple(rng.integers(20, 45, 2).tolist())
        one, other = rng.random((2, *shape)) < 0.7
        packed = PackedMask(shape)
        packed[:] = one
        found = centres_on_grid([packed, other], step, size, border)
        before, after = size // 2, size - size // 2
        expected = [
            [0, row, col]
            for row in range(0, shape[0], step)
            for col in range(0, shape[1], step)
            if one[row, col]
            and other[row, col]
            and (
                border != "drop"
                or (
                    min(row, col) >= before
                    and row + after <= shape[0]
                    and col + after <= shape[1]
                )
            )
        ]
        assert found.tolist() == expected
