"""Tests of sklearn_microarch.plotting.colors._key."""

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sklearn_microarch.plotting.colors._colors import fading_colormap
from sklearn_microarch.plotting.colors._key import (
    add_color_scale,
    add_key,
    columns_that_fit,
)


@pytest.mark.parametrize("width_in", [2.0, 5.5, 9.0])
def test_legend_is_no_wider_than_its_panel(width_in):
    figure = Figure(figsize=(width_in, 3), layout="constrained")
    ax = figure.subplots()
    names = ["cortex", "striatum", "VP", "zona incerta", "hypothalamus", "WM"]
    legend = add_key(ax, [Patch(label=name) for name in names])
    figure.draw_without_rendering()
    drawn, panel = legend.get_window_extent(), ax.get_window_extent()
    assert drawn.width <= panel.width
    assert drawn.y1 <= panel.y0
    assert drawn.y0 >= 0


def test_as_few_rows_as_possible():
    assert columns_that_fit(["a", "b", "c", "d"], 9.0) == 4
    assert columns_that_fit(["a" * 200], 1.0) == 1
    assert columns_that_fit([], 1.0) == 1


def test_legend_lies_under_the_words_of_the_axis():
    figure = Figure(figsize=(5, 3), layout="constrained")
    ax = figure.subplots()
    ax.set_xlabel("column (px)", fontsize="small")
    ax.tick_params(labelsize="small")
    legend = add_key(ax, [Patch(label="VP")])
    figure.draw_without_rendering()
    assert legend.get_window_extent().y1 <= ax.xaxis.label.get_window_extent().y0


@pytest.mark.parametrize("layout", ["constrained", "compressed", "tight"])
def test_legend_of_a_panel_of_fixed_aspect_stays_on_the_figure(layout):
    figure = Figure(figsize=(4, 4.6), layout=layout)
    ax = figure.subplots()
    ax.set(aspect="equal", xticks=[], yticks=[])
    legend = add_key(ax, [Patch(label=f"a long name {i:40}") for i in range(5)])
    figure.draw_without_rendering()
    assert legend.get_window_extent().y0 >= 0


def test_color_scale_says_what_it_means():
    figure = Figure(figsize=(9, 3), layout="compressed")
    scale = add_color_scale(
        figure, [figure.subplots()], fading_colormap("plasma"), caption="the rule"
    )
    assert scale.ax.get_xlabel() == "the rule"
    assert scale.get_ticks().tolist() == [0.0, 1.0]
