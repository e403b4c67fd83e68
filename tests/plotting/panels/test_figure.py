"""Tests of sklearn_microarch.plotting.panels._figure."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import Patch

from sklearn_microarch.plotting.colors._key import add_key
from sklearn_microarch.plotting.panels._figure import (
    cut_to_fit,
    given_axes,
    new_axes,
)
from sklearn_microarch.plotting.panels._grid import Box


@pytest.mark.parametrize(
    "n_panels, box, columns",
    [
        (6, Box(0, 142, 0, 580), 1),
        (1, Box(0, 50, 0, 50), 1),
        (4, Box(0, 50, 0, 50), 2),
        (5, Box(0, 50, 0, 50), 3),
        (2, Box(0, 500, 0, 50), 2),
    ],
)
def test_wide_parts_are_stacked_and_others_set_side_by_side(n_panels, box, columns):
    axes = new_axes(n_panels, box)
    assert len(axes) == n_panels == len(axes[0].figure.axes)
    spans = {ax.get_subplotspec().colspan.start for ax in axes}
    assert len(spans) == columns


def test_a_figure_is_cut_to_what_is_drawn():
    (ax,) = new_axes(1, Box(0, 100, 0, 400))
    ax.set(aspect="equal", xlim=(0, 400), ylim=(100, 0), xticks=[], yticks=[])
    cut_to_fit(ax.figure)
    ax.figure.draw_without_rendering()
    width, height = ax.figure.get_size_inches()
    panel = ax.get_window_extent()
    assert panel.width / ax.figure.dpi == pytest.approx(width, abs=0.2)
    assert panel.height / ax.figure.dpi == pytest.approx(height, abs=0.2)


def test_a_tall_panel_keeps_its_height_above_a_long_legend():
    (ax,) = new_axes(1, Box(0, 400, 0, 100))
    ax.set(aspect="equal", xlim=(0, 100), ylim=(400, 0), xticks=[], yticks=[])
    add_key(ax, [Patch(label=f"a rather long name {i}") for i in range(8)])
    cut_to_fit(ax.figure)
    ax.figure.draw_without_rendering()
    height = ax.get_window_extent().height / ax.figure.dpi
    assert height > 6.5
    assert ax.figure.get_figheight() < height + 2.5


def test_axes_may_come_as_a_grid():
    _, grid = plt.subplots(2, 2)
    assert given_axes(grid, 4) == list(grid.ravel())
    assert given_axes(grid[0, 1], 1) == [grid[0, 1]]


def test_wrong_axes_are_errors():
    _, pair = plt.subplots(1, 2)
    with pytest.raises(ValueError, match="ax holds 2 Axes for 3 panels"):
        given_axes(pair, 3)
    with pytest.raises(TypeError, match="takes matplotlib Axes"):
        given_axes([pair[0], "second"], 2)
    with pytest.raises(TypeError, match="takes matplotlib Axes"):
        given_axes(np.zeros(2), 2)
