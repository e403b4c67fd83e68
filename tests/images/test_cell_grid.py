"""Tests of sklearn_microarch.images._cell_grid."""

import numpy as np
import pytest

from sklearn_microarch.images._cell_grid import (
    CellGrid,
    check_cells,
    check_placement,
)


@pytest.mark.parametrize("stride", [1, 2, 5, 8, 16, 60])
def test_there_are_as_many_cells_as_every_nth_pixel(stride):
    slice_ = np.zeros((37, 50))
    assert CellGrid((37, 50), stride).shape == slice_[::stride, ::stride].shape


def test_cells_that_would_lie_beyond_the_slice_are_none():
    assert CellGrid((37, 50), 8, (5.0, 49.0)).shape == (4, 1)
    assert CellGrid((37, 50), 8, (40.0, 0.0)).shape == (0, 7)


def test_a_grid_of_the_slice_s_own_pixels_expands_to_itself(rng):
    values = rng.normal(size=(7, 9))
    assert CellGrid((7, 9)).expand(values, np.nan) is values


@pytest.mark.parametrize(
    "cell_size, offset, message",
    [
        (0, (0, 0), "cell_size=0 must"),
        (np.nan, (0, 0), "cell_size=nan must"),
        ("8", (0, 0), "cell_size='8' must be a number"),
        (8, 3, r"offset=3 must be a pair"),
        (8, (0, 0, 0), r"offset=\(0, 0, 0\) must be a pair"),
        (8, (0, np.inf), r"offset\[1\]=inf must"),
        (8, (None, 0), r"offset\[0\]=None must be a number"),
    ],
)
def test_what_is_no_place_is_named(cell_size, offset, message):
    with pytest.raises((TypeError, ValueError), match=message):
        check_placement(cell_size, offset)


def test_a_map_has_one_entry_per_cell():
    cells = np.zeros((5, 7, 2))
    assert check_cells(cells, CellGrid((37, 50), 8), name="factors") is cells
    with pytest.raises(ValueError, match=r"factors has shape \(37, 50\)"):
        check_cells(np.zeros((37, 50)), CellGrid((37, 50), 8), name="factors")


@pytest.mark.parametrize(
    "shape, offset, remedy",
    [
        ((5, 7), (0.0, 0.0), "cell_size=8 would fit"),
        # From row 5 and column 9 on, fewer cells fit.
        ((4, 6), (5.0, 9.0), "cell_size=8 would fit"),
        ((30, 7), (0.0, 0.0), "draw a map over the slice it was made from"),
    ],
)
def test_a_map_of_other_cells_is_told_a_cell_size_that_fits(shape, offset, remedy):
    grid = CellGrid((37, 50), 4, offset)
    with pytest.raises(ValueError, match=remedy):
        check_cells(np.zeros(shape), grid, name="clusters")


def test_no_cells_expand_to_nothing():
    grid = CellGrid((7, 9), 4, (8.0, 0.0))
    found = grid.expand(np.zeros((*grid.shape, 2)), np.nan)
    assert found.shape == (7, 9, 2)
    assert np.isnan(found).all()
