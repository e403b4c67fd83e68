"""Tests of sklearn_microarch.sampling.tissue._fill_holes."""

import numpy as np
import pytest
from scipy import ndimage

from sklearn_microarch.sampling.tissue import _packed_mask
from sklearn_microarch.sampling.tissue._fill_holes import fill_holes


@pytest.mark.parametrize("pixels", [1, 70, 1 << 22])
@pytest.mark.parametrize("share", [0.3, 0.55, 0.7, 0.0, 1.0])
def test_holes_are_filled_as_scipy_fills_them(rng, monkeypatch, pixels, share):
    monkeypatch.setattr(_packed_mask, "PIXELS_OF_A_STRIP", pixels)
    for _ in range(5):
        mask = rng.uniform(size=(23, 31)) < share
        expected = ndimage.binary_fill_holes(mask)
        np.testing.assert_array_equal(fill_holes(mask), expected)


def test_a_spiral_that_opens_outwards_is_no_hole(monkeypatch):
    monkeypatch.setattr(_packed_mask, "PIXELS_OF_A_STRIP", 18)
    mask = np.ones((9, 9), bool)
    mask[1:8, 1], mask[7, 1:8], mask[3:8, 7], mask[3, 3:8] = False, False, False, False
    np.testing.assert_array_equal(
        fill_holes(mask.copy()), ndimage.binary_fill_holes(mask)
    )
    mask[8, 7] = False
    np.testing.assert_array_equal(fill_holes(mask.copy()), mask)
