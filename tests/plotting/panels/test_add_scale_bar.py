"""Tests of sklearn_microarch.plotting.panels._add_scale_bar."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import Rectangle

from sklearn_microarch.plotting import add_scale_bar
from sklearn_microarch.plotting.panels._add_scale_bar import (
    free_corner,
    length_text,
    round_length_um,
)


@pytest.mark.parametrize("longest", np.geomspace(1e-3, 1e6, 91).tolist())
def test_length_is_round_and_the_longest_that_fits(longest):
    length = round_length_um(longest)
    digit = float(f"{length:e}".split("e")[0])
    assert digit in (1.0, 2.0, 5.0)
    assert longest / 2.5 < length <= longest


def test_exact_powers_of_ten_are_taken_as_they_are():
    for power in range(-3, 7):
        assert round_length_um(10.0**power) == 10.0**power


@pytest.mark.parametrize(
    "length_um, expected", [(0.5, "0.5 µm"), (999, "999 µm"), (1000, "1 mm")]
)
def test_unit_follows_the_length(length_um, expected):
    assert length_text(length_um) == expected


@pytest.mark.parametrize("pixel_size_um", [0.325, 1.17, 4.0])
def test_bar_on_screen_is_as_long_as_its_text_says(pixel_size_um):
    figure, ax = plt.subplots()
    ax.set(xlim=(-0.5, 5804.5), ylim=(1419.5, -0.5))
    bar = add_scale_bar(ax, pixel_size_um)
    figure.canvas.draw()
    (line,) = [part for part in bar.findobj(Rectangle) if part.get_facecolor()[0] == 1]
    on_screen = line.get_window_extent().width
    per_pixel = ax.transData.transform([(1, 0)]) - ax.transData.transform([(0, 0)])
    number, unit = bar.get_label().split()
    length_um = float(number) * {"µm": 1, "mm": 1000}[unit]
    assert on_screen == pytest.approx(length_um / pixel_size_um * per_pixel[0, 0])
    assert on_screen <= 0.14 * ax.get_window_extent().width
    assert ax.get_window_extent().contains(*bar.get_window_extent().min)


@pytest.mark.parametrize(
    "row, column, expected",
    [
        (slice(15, 20), slice(0, 30), "upper right"),
        (slice(0, 20), slice(25, 30), "lower left"),
        (slice(8, 12), slice(0, 30), "lower right"),
    ],
)
def test_bar_goes_where_it_hides_no_mapped_cell(row, column, expected):
    mapped = np.zeros((20, 30), dtype=bool)
    mapped[row, column] = True
    assert free_corner(mapped) == expected


@pytest.mark.parametrize("argument", ["pixel_size_um", "fraction"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("inf"), float("nan")])
def test_values_that_give_no_bar_are_errors(argument, value):
    _, ax = plt.subplots()
    arguments = {"pixel_size_um": 1.0, "fraction": 0.2} | {argument: value}
    with pytest.raises(ValueError, match=rf"{argument}=.* must lie between"):
        add_scale_bar(ax, **arguments)
