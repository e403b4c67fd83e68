"""Tests of sklearn_microarch.images._orientation."""

import numpy as np
import pytest

from sklearn_microarch.images._orientation import (
    check_orientation,
    stored_part,
    turned,
    turned_shape,
)

SHOWN = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.T,
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].T,
    8: np.rot90,
}


@pytest.mark.parametrize("code", SHOWN)
def test_a_part_of_the_shown_picture_is_that_part(code):
    stored = np.arange(70).reshape(7, 10)
    shown = SHOWN[code](stored)
    np.testing.assert_array_equal(turned(stored, code), shown)
    assert turned_shape(stored.shape, code) == shown.shape
    rows, cols = slice(1, 4), slice(2, 7)
    part = stored[stored_part(rows, cols, shown.shape, code)]
    np.testing.assert_array_equal(turned(part, code), shown[rows, cols])


def test_a_code_that_is_none_is_an_error():
    assert check_orientation(None) == 1
    for code in (0, 9, "a"):
        with pytest.raises(ValueError, match="none of 1 to 8"):
            check_orientation(code)
