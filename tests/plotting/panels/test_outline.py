"""Tests of sklearn_microarch.plotting.panels._outline."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from sklearn_microarch.plotting.panels._grid import Box, MapGrid
from sklearn_microarch.plotting.panels._outline import draw_outline, region_outline


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
    segments = region_outline(codes, step=4)
    length = np.abs(segments[:, 1] - segments[:, 0]).sum()
    unlike = (codes[1:] != codes[:-1]).sum() + (codes[:, 1:] != codes[:, :-1]).sum()
    assert length == 4 * unlike


def test_a_map_of_one_region_has_no_outline():
    assert region_outline(np.ones((5, 6))).shape == (0, 2, 2)


@pytest.mark.parametrize("stride", [1, 4])
def test_outline_lies_between_the_pixels_of_two_regions(stride):
    codes = np.zeros((12, 40), dtype=int)
    codes[:, 20:] = 1
    grid = MapGrid((12, 40), stride)
    _, ax = plt.subplots()
    cells = codes[::stride, ::stride]
    outline = draw_outline(ax, cells, grid, Box(0, 12, 0, 40))
    columns = np.unique(outline.get_path().vertices[:, 0])
    assert columns.tolist() == [20 - stride / 2]
