"""Tests of sklearn_microarch.plotting.panels._grid."""

import numpy as np
import pytest

from sklearn_microarch.images._cell_grid import CellGrid
from sklearn_microarch.plotting.panels._grid import (
    Box,
    box_around,
    cells_over,
)


@pytest.mark.parametrize("max_side", [1000, 4, 2])
@pytest.mark.parametrize("box", [Box(0, 37, 0, 50), Box(4, 20, 28, 50)])
def test_each_drawn_cell_is_centred_on_the_pixel_it_was_computed_at(box, max_side):
    grid = CellGrid((37, 50), 8)
    (rows, columns), extent = cells_over(grid, box, max_side=max_side)
    left, right, bottom, top = extent
    for kept, n_cells, start, stop in [
        (rows, grid.shape[0], top, bottom),
        (columns, grid.shape[1], left, right),
    ]:
        drawn = range(n_cells)[kept]
        pitch = (stop - start) / len(drawn)
        for position, cell in enumerate(drawn):
            assert start + (position + 0.5) * pitch == pytest.approx(8 * cell)


@pytest.mark.parametrize("stride", [1, 3, 8])
@pytest.mark.parametrize("max_side", [1000, 20])
def test_drawn_cells_cover_the_box_and_little_more(stride, max_side):
    grid, box = CellGrid((137, 250), stride), Box(40, 90, 60, 190)
    (rows, columns), (left, right, bottom, top) = cells_over(
        grid, box, max_side=max_side
    )
    assert top <= 39.5
    assert bottom >= 89.5
    assert left <= 59.5
    assert right >= 189.5
    assert len(range(grid.shape[1])[columns]) <= min(max_side, 130 / stride) + 4
    assert len(range(grid.shape[0])[rows]) <= min(max_side, 50 / stride) + 4


def test_the_whole_slice_shows_every_cell_of_a_coarse_map():
    grid = CellGrid((37, 50), 8)
    cells = np.arange(35).reshape(5, 7)
    np.testing.assert_array_equal(
        cells[cells_over(grid, box_around(grid)).cells], cells
    )


def test_box_encloses_the_mapped_cells_and_stays_on_the_slice():
    mapped = np.zeros((5, 7), dtype=bool)
    mapped[1:3, 4:7] = True
    grid = CellGrid((37, 50), 8)
    assert box_around(grid, mapped) == Box(4, 20, 28, 50)
    # A tenth of the longer side, 22 px, is free on each side that has room.
    assert box_around(grid, mapped, margin=0.1) == Box(2, 22, 26, 50)


def test_box_is_the_whole_slice_where_nothing_is_mapped():
    grid = CellGrid((37, 50), 8)
    assert box_around(grid, np.zeros((5, 7), dtype=bool)) == Box(0, 37, 0, 50)
    assert box_around(grid, None) == Box(0, 37, 0, 50)


@pytest.mark.parametrize("margin", [-0.1, 1.5, np.nan])
def test_margin_out_of_range_is_an_error(margin):
    with pytest.raises(ValueError, match=r"margin=.* must lie between 0 and 1"):
        box_around(CellGrid((9, 9)), margin=margin)


def test_cells_with_an_offset_are_drawn_where_they_were_computed():
    grid = CellGrid((37, 50), 8, (3.0, 20.5))
    assert grid.shape == (5, 4)
    _, (left, right, bottom, top) = cells_over(grid, Box(0, 37, 0, 50))
    assert (top, bottom, left, right) == (-1, 39, 16.5, 48.5)
    mapped = np.zeros((5, 4), dtype=bool)
    mapped[1, 2] = True
    assert box_around(grid, mapped) == Box(7, 15, 33, 41)
