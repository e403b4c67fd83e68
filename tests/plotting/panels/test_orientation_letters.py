"""Tests of letters of orientation: only where something states them."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from sklearn_microarch.plotting import (
    ClusterMapDisplay,
    FactorMapDisplay,
    RegionMapDisplay,
)


def letters(ax):
    return {
        text.get_gid().removeprefix("orientation "): text.get_text()
        for text in ax.texts
        if str(text.get_gid()).startswith("orientation")
    }


def test_nothing_stated_is_nothing_written(maps):
    assert letters(RegionMapDisplay.from_maps(maps).plot().ax_) == {}


def test_what_the_caller_states_is_written_at_its_side(maps):
    stated = {"top": "D", "left": "L"}
    ax = RegionMapDisplay.from_maps(maps, orientation=stated).plot().ax_
    assert letters(ax) == stated
    ax.figure.draw_without_rendering()
    places = {t.get_text(): t.get_window_extent() for t in ax.texts}
    window = ax.get_window_extent()
    assert window.y1 - 12 < places["D"].y1 <= window.y1
    assert window.x0 <= places["L"].x0 < window.x0 + 12


def test_details_of_the_slice_state_it_too_and_the_caller_wins(maps):
    maps.image = maps.image.replace(details={"top": "dorsal", "left": 3, "sex": "f"})
    assert letters(ClusterMapDisplay.from_maps(maps).plot().axes_[0]) == {
        "top": "dorsal"
    }
    display = ClusterMapDisplay.from_maps(maps, orientation={"right": "M"})
    assert letters(display.plot().axes_[0]) == {"right": "M"}


def test_each_slice_has_its_own(maps_of_two):
    _, second = maps_of_two
    second.image = second.image.replace(details={"bottom": "V"})
    axes = FactorMapDisplay.from_maps(maps_of_two, factors=[0, 1]).plot().axes_
    assert [letters(ax) for ax in axes.ravel()] == [{}, {}, {}, {"bottom": "V"}]


def test_axes_of_the_caller_stand_alone_each_with_bar_and_letters(maps):
    _, axes = plt.subplots(1, 2)
    display = FactorMapDisplay.from_maps(
        maps, factors=[0, 1], orientation={"top": "D"}
    ).plot(axes)
    for ax in display.axes_:
        assert letters(ax) == {"top": "D"}
        assert sum(artist.get_label() == "50 µm" for artist in ax.artists) == 1


@pytest.mark.parametrize(
    "orientation, error, message",
    [
        ("D", TypeError, "orientation='D' must be a mapping"),
        ({"up": "D"}, ValueError, "orientation: 'up' is no side"),
        ({"top": ""}, ValueError, "orientation: top=''"),
        ({"top": 3}, ValueError, "orientation: top=3"),
        ({"top": "much too long a word"}, ValueError, "at most 12 letters"),
    ],
)
def test_what_is_no_orientation_is_refused(orientation, error, message):
    with pytest.raises(error, match=message):
        ClusterMapDisplay(np.zeros((2, 3), dtype=int), orientation=orientation)
