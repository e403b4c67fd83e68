"""Tests of sklearn_microarch.plotting.panels._outline."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import CellGrid
from sklearn_microarch.plotting.panels._grid import Box
from sklearn_microarch.plotting.panels._outline import (
    check_reference,
    draw_outline,
    region_outline,
)


def test_the_outline_of_a_rectangle_is_its_four_sides():
    codes = np.zeros((6, 8), dtype=int)
    codes[2:5, 3:7] = 4
    sides = {tuple(np.sort(side.ravel())) for side in region_outline(codes)}
    left, right, top, bottom = 2.5, 6.5, 1.5, 4.5
    expected = [
        (left, top, left, bottom),
        (right, top, right, bottom),
        (left, top, right, top),
        (left, bottom, right, bottom),
    ]
    assert sides == {tuple(sorted(side)) for side in expected}


def test_outline_length_is_the_number_of_unlike_neighbours(rng):
    codes = rng.integers(0, 3, size=(15, 22))
    segments = region_outline(codes, cell_size=4)
    length = np.abs(segments[:, 1] - segments[:, 0]).sum()
    unlike = (codes[1:] != codes[:-1]).sum() + (codes[:, 1:] != codes[:, :-1]).sum()
    assert length == 4 * unlike


def test_a_map_of_one_region_has_no_outline():
    assert region_outline(np.ones((5, 6))).shape == (0, 2, 2)


@pytest.mark.parametrize("stride", [1, 4])
def test_outline_lies_between_the_pixels_of_two_regions(stride):
    codes = np.zeros((12, 40), dtype=int)
    codes[:, 20:] = 1
    grid = CellGrid((12, 40), stride)
    _, ax = plt.subplots()
    cells = codes[::stride, ::stride]
    outline = draw_outline(ax, cells, grid, Box(0, 12, 0, 40))
    columns = np.unique(outline.get_path().vertices[:, 0])
    assert columns.tolist() == [20 - stride / 2]


def test_outline_of_cells_lies_where_the_cells_do():
    grid = CellGrid((30, 40), 4, (2.0, 3.0))
    codes = np.repeat([[0] * 5 + [1] * 5], 7, axis=0)
    assert codes.shape == grid.shape
    _, ax = plt.subplots()
    outline = draw_outline(ax, codes, grid, Box(0, 30, 0, 40))
    columns, rows = outline.get_path().vertices.T
    # Between the cells at columns 3 + 16 and 3 + 20.
    assert np.unique(columns).tolist() == [21]
    assert sorted(rows.tolist()) == [0, 28]


@pytest.mark.parametrize("shape", [(20, 30), (3, 4)])
@pytest.mark.parametrize("dtype", ["uint8", "int64", "bool", "float32", "<U3"])
def test_a_reference_has_a_code_for_each_pixel_or_each_cell(shape, dtype):
    codes = np.ones(shape).astype(dtype)
    assert check_reference(codes, CellGrid((20, 30), 8)) is codes


@pytest.mark.parametrize(
    "reference, error, message",
    [
        (SliceImage(np.ones((20, 30))), TypeError, "reference is a SliceImage"),
        (np.ones((20, 31)), ValueError, r"reference has shape \(20, 31\)"),
        (np.ones((20, 30, 2)), ValueError, "it is 2-D, with a code for each pixel"),
        (np.full((20, 30), np.nan), ValueError, "NaN at 600 pixels"),
        (np.ones((20, 30), dtype=complex), TypeError, "reference has dtype complex128"),
    ],
)
def test_what_is_no_reference_is_named(reference, error, message):
    with pytest.raises(error, match=message):
        check_reference(reference, CellGrid((20, 30), 8))
