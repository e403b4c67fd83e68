"""Tests of sklearn_microarch.plotting.colors._categories."""

import numpy as np
import pytest

from sklearn_microarch.plotting.colors._categories import (
    check_categories,
    color_patches,
    paint_categories,
    percent_text,
)


def test_opacity_may_differ_from_cell_to_cell():
    codes = np.array([[0, 1, -1]])
    opacity = np.array([[0.2, 1.0, 1.0]])
    picture = paint_categories(codes, np.array([[1.0, 0, 0], [0, 0, 1.0]]), opacity)
    assert picture[0].tolist() == [[255, 0, 0, 51], [0, 0, 255, 255], [0, 0, 0, 0]]


def test_a_map_without_cells_is_painted_transparent():
    picture = paint_categories(np.full((3, 4), -1), np.empty((0, 3)), 0.5)
    assert not picture.any()


def test_legend_entries_carry_name_and_color():
    (entry,) = color_patches(["VP"], np.array([[0.2, 0.4, 0.6]]))
    assert entry.get_label() == "VP"
    assert entry.get_facecolor() == (0.2, 0.4, 0.6, 1.0)


@pytest.mark.parametrize(
    "share, expected", [(1.0, "100 %"), (0.0099, "< 1 %"), (0.01, "1 %")]
)
def test_small_shares_are_not_rounded_to_nothing(share, expected):
    assert percent_text(share) == expected


def test_maps_that_hold_no_categories_are_errors():
    with pytest.raises(TypeError, match="clusters has dtype float64"):
        check_categories(np.zeros((2, 2)), name="clusters")
    with pytest.raises(ValueError, match=r"clusters has shape \(2, 2, 1\)"):
        check_categories(np.zeros((2, 2, 1), dtype=int), name="clusters")
    with pytest.raises(ValueError, match="clusters holds -7"):
        check_categories(np.array([[0, -7]]), name="clusters")
