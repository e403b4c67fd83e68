"""Tests of sklearn_microarch.plotting._layers: displays of several slices."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from sklearn_microarch.plotting import (
    ClusterMapDisplay,
    CompositeMapDisplay,
    FactorMapDisplay,
    RegionMapDisplay,
)

NAMES = ["factor01_CTX", "factor04_VP", "factor07_ZI"]
DISPLAYS = {
    ClusterMapDisplay: {},
    CompositeMapDisplay: {"factors": NAMES},
    FactorMapDisplay: {"factors": NAMES},
    RegionMapDisplay: {},
}


def panels_of(display):
    return np.ravel(getattr(display, "axes_", getattr(display, "ax_", None)))


def first_titles(display):
    axes = display.axes_[:, 0] if hasattr(display, "axes_") else display.ax_
    return [ax.get_title(loc="left").split("\n")[0] for ax in axes]


@pytest.mark.parametrize("display", DISPLAYS)
def test_slices_are_titled_by_specimen_and_name(display, maps_of_two):
    shown = display.from_maps(maps_of_two, **DISPLAYS[display]).plot()
    assert first_titles(shown) == ["A: wide", "B: narrow"]


def test_a_slice_without_a_name_is_numbered(maps_of_two):
    first, second = maps_of_two
    second.image = second.image.replace(name="", specimen=None)
    shown = ClusterMapDisplay.from_maps([first, second]).plot()
    assert first_titles(shown) == ["A: wide", "slice 2"]


@pytest.mark.parametrize("display", DISPLAYS)
def test_a_list_of_one_slice_is_drawn_as_that_slice_and_titled(display, maps_of_two):
    options = DISPLAYS[display]
    alone = display.from_maps(maps_of_two[0], **options).plot()
    listed = display.from_maps(maps_of_two[:1], **options).plot()
    assert first_titles(listed) == ["A: wide"]
    for before, after in zip(panels_of(alone), panels_of(listed), strict=True):
        for one, other in zip(before.images, after.images, strict=True):
            np.testing.assert_array_equal(one.get_array(), other.get_array())


@pytest.mark.parametrize("display", DISPLAYS)
def test_all_slices_are_drawn_at_one_scale_of_length(display, maps_of_two):
    shown = display.from_maps(maps_of_two, **DISPLAYS[display]).plot()
    shown.figure_.draw_without_rendering()
    scales = [
        ax.get_window_extent().width / np.ptp(ax.get_xlim()) for ax in panels_of(shown)
    ]
    np.testing.assert_allclose(scales, scales[0], rtol=1e-3)


@pytest.mark.parametrize("display", DISPLAYS)
@pytest.mark.parametrize("crop", [False, True])
def test_nothing_overlaps_or_leaves_the_figure(display, crop, maps_of_two):
    maps = [*maps_of_two, *maps_of_two]
    shown = display.from_maps(maps, **DISPLAYS[display]).plot(crop=crop)
    shown.figure_.draw_without_rendering()
    boxes = [ax.get_tightbbox() for ax in shown.figure_.axes]
    boxes += [legend.get_window_extent() for legend in shown.figure_.legends]
    whole = shown.figure_.bbox
    for place, box in enumerate(boxes):
        assert box.y0 >= whole.y0 - 1
        assert box.y1 <= whole.y1 + 1
        for other in boxes[:place]:
            apart_x = box.x0 >= other.x1 - 1 or other.x0 >= box.x1 - 1
            apart_y = box.y0 >= other.y1 - 1 or other.y0 >= box.y1 - 1
            assert apart_x or apart_y


@pytest.mark.parametrize("display", DISPLAYS)
def test_axes_of_a_caller_are_filled_slice_by_slice(display, maps_of_two):
    n_panels = 3 if display is FactorMapDisplay else 1
    figure, axes = plt.subplots(2, n_panels, layout="constrained", squeeze=False)
    shown = display.from_maps(maps_of_two, **DISPLAYS[display]).plot(axes)
    assert shown.figure_ is figure
    assert first_titles(shown) == ["A: wide", "B: narrow"]
    assert axes[1, 0].images[0].get_array().shape == (69, 301)


@pytest.mark.parametrize("display", DISPLAYS)
def test_what_is_no_list_of_maps_is_an_error(display, maps_of_two):
    with pytest.raises(ValueError, match="maps is empty"):
        display.from_maps([], **DISPLAYS[display])
    with pytest.raises(TypeError, match=r"maps is a str.*or a list of them"):
        display.from_maps([maps_of_two[0], "z309"], **DISPLAYS[display])


@pytest.mark.parametrize("display", [CompositeMapDisplay, FactorMapDisplay])
def test_factors_of_two_models_share_no_scale(display, maps_of_two):
    maps_of_two[1].factor_names = ["factor01_CTX", "factor04_ZI", "factor07_VP", "f"]
    with pytest.raises(ValueError, match=r"maps\[1\] holds the factors .*one model"):
        display.from_maps(maps_of_two, factors=[0, 1, 2])
