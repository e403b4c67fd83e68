"""Tests of sklearn_microarch.plotting._slice_check_display."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from sklearn_microarch import check_slice
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.plotting import SliceCheckDisplay


@pytest.fixture(scope="module")
def phantom():
    return make_thalamocortical_phantom(shape=(200, 800), random_state=0)


def checked(phantom, rois):
    return check_slice(phantom.images[0], rois, phantom.roi_names)


def test_regions_bear_their_names_inside_them(phantom):
    check = checked(phantom, phantom.rois[0])
    display = SliceCheckDisplay(check).plot()
    places = {text.get_text(): text.get_position() for text in display.ax_.texts}
    for at, region in enumerate(check.regions, start=1):
        col, row = places[region.name]
        assert check.codes[round(row), round(col)] == at
    outlined = {patch.get_label() for patch in display.ax_.patches}
    assert outlined == {"tissue", *(region.name for region in check.regions)}
    assert "annotation fits" in display.ax_.get_title(loc="left")
    assert not display.ax_.collections


def test_a_better_placement_is_drawn_where_there_is_one(phantom):
    check = checked(phantom, np.flip(phantom.rois[0], axis=1))
    display = SliceCheckDisplay(check).plot()
    assert "mirrored left-right" in display.ax_.get_title(loc="left")
    assert display.ax_.collections
    words = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert words == ["tissue", "where regions would fit better"]
    without = SliceCheckDisplay(check).plot(show_better=False)
    assert not without.ax_.collections


def test_axes_of_the_caller_are_used(phantom):
    _, ax = plt.subplots()
    assert SliceCheckDisplay(checked(phantom, phantom.rois[0])).plot(ax).ax_ is ax


def test_what_is_no_report_is_refused():
    with pytest.raises(TypeError, match="check_slice"):
        SliceCheckDisplay("fits")
