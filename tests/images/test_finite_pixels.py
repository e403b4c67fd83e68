"""Tests of sklearn_microarch.images._finite_pixels."""

import numpy as np
import pytest

from sklearn_microarch.exceptions import NonFiniteImageError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._finite_pixels import (
    check_finite_image,
    check_finite_pixels,
)


def test_pixels_that_are_not_finite_are_counted_and_located():
    data = np.ones((6, 7), dtype="float32")
    data[2, 3] = data[4, 5] = np.nan
    data[5, 0] = np.inf
    with pytest.raises(NonFiniteImageError, match=r"'z1'.* 3 NaN .*first at \(2, 3\)"):
        check_finite_image(SliceImage(data, name="z1"))


def test_finite_pixels_pass_even_when_their_sum_overflows():
    check_finite_image(SliceImage(np.full((4, 5), 1e308)))


@pytest.mark.parametrize("value", [np.nan, 5.0])
def test_rows_under_a_mask_are_refused_and_not_read(value):
    hidden = np.arange(18).reshape(2, 3, 3) > 13
    rows = np.ma.masked_array(np.where(hidden, value, 1.0), hidden)
    with pytest.raises(TypeError, match="X is a masked array with 4 masked pixels"):
        check_finite_pixels(rows, title="X")
