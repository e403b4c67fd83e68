"""Sweeps of wrong arguments over all of plotting: errors name the argument."""

import inspect

import matplotlib.pyplot as plt
import numpy as np
import pytest
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch.plotting import (
    ClusterMapDisplay,
    CompositeMapDisplay,
    FactorMapDisplay,
    RegionMapDisplay,
    add_scale_bar,
)

RNG = np.random.default_rng(0)
MAPS = {
    ClusterMapDisplay: {"clusters": RNG.integers(0, 3, (5, 6))},
    CompositeMapDisplay: {"factors": RNG.exponential(size=(5, 6, 3))},
    FactorMapDisplay: {"factors": RNG.exponential(size=(5, 6, 2))},
    RegionMapDisplay: {"probabilities": RNG.dirichlet(np.ones(2), (5, 6))},
}
SCALE_BAR = {"pixel_size_um": 1.0, "fraction": 0.2, "loc": "lower left"}


def parameters(function):
    return [name for name in inspect.signature(function).parameters if name != "self"]


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "display, argument",
    [(display, name) for display in MAPS for name in parameters(display)],
)
def test_a_wrong_argument_of_a_display_is_named(display, argument, value):
    check_that_errors_name(
        argument, lambda: display(**(MAPS[display] | {argument: value}))
    )


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "display, argument",
    [(display, name) for display in MAPS for name in parameters(display.plot)],
)
def test_a_wrong_argument_of_a_plot_is_named(display, argument, value):
    shown = display(**MAPS[display])
    check_that_errors_name(argument, lambda: shown.plot(**{argument: value}))


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("display", MAPS)
def test_what_are_no_maps_or_none_of_their_factors_is_named(display, maps, value):
    options = {"factors": [0, 1, 2]} if "factors" in MAPS[display] else {}
    check_that_errors_name("maps", lambda: display.from_maps(value, **options))
    if options:
        check_that_errors_name(
            "factors", lambda: display.from_maps(maps, factors=value)
        )


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_a_wrong_reference_of_some_slices_is_named(maps, value):
    check_that_errors_name(
        "reference",
        lambda: RegionMapDisplay.from_maps([maps, maps], reference=value),
    )
    check_that_errors_name(
        "reference",
        lambda: RegionMapDisplay.from_maps([maps, maps], reference=[value, None]),
    )


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("argument", ["ax", *SCALE_BAR])
def test_a_wrong_argument_of_a_scale_bar_is_named(argument, value):
    figure, ax = plt.subplots()

    def draw():
        add_scale_bar(**({"ax": ax} | SCALE_BAR | {argument: value}))
        figure.canvas.draw()

    check_that_errors_name(argument, draw)
