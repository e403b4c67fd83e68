"""Tests of sklearn_microarch.plotting.panels._grid."""

import numpy as np
import pytest

from sklearn_microarch.plotting.panels._grid import Box, MapGrid, check_stride


@pytest.mark.parametrize("stride", [1, 2, 5, 8, 16])
def test_both_layouts_of_a_map_give_the_same_cells(stride, rng):
    values = rng.normal(size=(37, 50, 2))
    grid = MapGrid((37, 50), stride)
    from_pixels = grid.cells(values, name="values")
    assert from_pixels.shape[:2] == grid.shape
    np.testing.assert_array_equal(from_pixels, values[::stride, ::stride])
    np.testing.assert_array_equal(grid.cells(from_pixels, name="cells"), from_pixels)


def test_cells_do_not_keep_the_large_map_alive(rng):
    cells = MapGrid((40, 40), 4).cells(rng.normal(size=(40, 40)), name="values")
    assert cells.base is None


@pytest.mark.parametrize("max_side", [1000, 4, 2])
@pytest.mark.parametrize("box", [Box(0, 37, 0, 50), Box(4, 20, 28, 50)])
def test_each_drawn_cell_is_centred_on_the_pixel_it_was_computed_at(box, max_side):
    grid = MapGrid((37, 50), 8)
    (rows, columns), extent = grid.shown(box, max_side=max_side)
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
    grid, box = MapGrid((137, 250), stride), Box(40, 90, 60, 190)
    (rows, columns), (left, right, bottom, top) = grid.shown(box, max_side=max_side)
    assert top <= 39.5
    assert bottom >= 89.5
    assert left <= 59.5
    assert right >= 189.5
    assert len(range(grid.shape[1])[columns]) <= min(max_side, 130 / stride) + 4
    assert len(range(grid.shape[0])[rows]) <= min(max_side, 50 / stride) + 4


def test_the_whole_slice_shows_every_cell_of_a_coarse_map():
    grid = MapGrid((37, 50), 8)
    cells = np.arange(35).reshape(5, 7)
    np.testing.assert_array_equal(cells[grid.shown(grid.box()).cells], cells)


def test_box_encloses_the_mapped_cells_and_stays_on_the_slice():
    mapped = np.zeros((5, 7), dtype=bool)
    mapped[1:3, 4:7] = True
    grid = MapGrid((37, 50), 8)
    assert grid.box(mapped) == Box(4, 20, 28, 50)
    # A tenth of the longer side, 22 px, is free on each side that has room.
    assert grid.box(mapped, margin=0.1) == Box(2, 22, 26, 50)


def test_box_is_the_whole_slice_where_nothing_is_mapped():
    grid = MapGrid((37, 50), 8)
    assert grid.box(np.zeros((5, 7), dtype=bool)) == Box(0, 37, 0, 50)
    assert grid.box(None) == Box(0, 37, 0, 50)


def test_a_map_of_another_slice_is_an_error_that_names_a_stride_that_fits():
    grid = MapGrid((37, 50), 4)
    with pytest.raises(ValueError, match=r"clusters has shape \(5, 7\).*stride=8 wou"):
        grid.cells(np.zeros((5, 7)), name="clusters")
    with pytest.raises(ValueError, match="draw a map over the slice it was made from"):
        grid.cells(np.zeros((30, 7)), name="clusters")


@pytest.mark.parametrize("margin", [-0.1, 1.5, np.nan])
def test_margin_out_of_range_is_an_error(margin):
    with pytest.raises(ValueError, match=r"margin=.* must be between 0 and 1"):
        MapGrid((9, 9), 1).box(margin=margin)


def test_stride_must_be_a_positive_integer():
    assert check_stride(np.int64(8)) == 8
    with pytest.raises(ValueError, match="stride=0 must be 1 pixel or more"):
        check_stride(0)
    for stride in (2.0, "8", True):
        with pytest.raises(TypeError, match=r"stride=.* must be an integer"):
            check_stride(stride)
