"""Tests of sklearn_microarch.plotting._region_map_display."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch

from sklearn_microarch.plotting import RegionMapDisplay
from sklearn_microarch.plotting.colors._colors import CATEGORY_COLORS


def legend_of(display):
    legend = display.ax_.get_legend()
    return {
        text.get_text(): patch.get_facecolor()[:3]
        for text, patch in zip(legend.get_texts(), legend.get_patches(), strict=True)
    }


def test_regions_are_the_most_probable_ones(maps):
    display = RegionMapDisplay.from_maps(maps)
    thinned = maps.region_probabilities
    mapped = ~np.isnan(thinned).any(axis=2)
    np.testing.assert_array_equal(
        display.regions[mapped], thinned[mapped].argmax(axis=1)
    )
    assert (display.regions[~mapped] == -1).all()


def test_a_region_keeps_its_color_on_a_slice_that_lacks_the_others():
    names = ["CTX", "STR", "VP"]
    everything = RegionMapDisplay(np.eye(3)[np.newaxis], region_names=names).plot()
    only_vp = RegionMapDisplay([[[0, 0, 1.0]]], region_names=names).plot()
    assert list(legend_of(everything)) == names
    assert list(legend_of(only_vp)) == ["VP"]
    assert legend_of(only_vp)["VP"] == legend_of(everything)["VP"]
    assert legend_of(only_vp)["VP"] == pytest.approx(to_rgb(CATEGORY_COLORS[2]))


def test_opacity_can_follow_the_confidence():
    display = RegionMapDisplay([[[1.0, 0.0], [0.75, 0.25], [0.5, 0.5]]])
    picture = display.plot(by_confidence=True, alpha=1.0).ax_.images[-1].get_array()
    np.testing.assert_allclose(picture[0, :, 3], [255, 127.5, 25.5], atol=0.6)
    flat = display.plot(alpha=1.0).ax_.images[-1].get_array()
    assert flat[0, :, 3].tolist() == [255, 255, 255]


@pytest.mark.parametrize("layout", ["pixels", "cells"])
def test_reference_is_outlined_in_either_layout(maps, layout):
    reference = np.zeros(maps.image.shape, dtype=np.uint8)
    reference[40:, 160:240] = 7
    if layout == "cells":
        reference = reference[::8, ::8]
    display = RegionMapDisplay.from_maps(maps, reference=reference).plot()
    (outline,) = [
        patch for patch in display.ax_.patches if isinstance(patch, PathPatch)
    ]
    halfway = 0.5 if layout == "pixels" else 4
    columns, rows = outline.get_path().vertices.T
    assert (columns.min(), columns.max()) == (160 - halfway, 240 - halfway)
    assert rows.min() == 40 - halfway
    assert list(legend_of(display))[-1] == "reference"
    assert display.ax_.get_xlim() == (-0.5, 402.5)


def test_a_map_without_cells_says_so():
    display = RegionMapDisplay(np.full((3, 4, 2), np.nan)).plot()
    assert display.ax_.texts[0].get_text() == "no cell mapped"


def test_axes_of_a_caller_are_drawn_on(maps):
    figure, axes = plt.subplots(1, 2)
    display = RegionMapDisplay.from_maps(maps).plot(axes[1], crop=True)
    assert display.ax_ is axes[1]
    assert display.figure_ is figure
    assert not axes[0].images


def test_bad_arguments_are_errors(maps):
    with pytest.raises(ValueError, match=r"reference has shape \(9, 9\)"):
        RegionMapDisplay.from_maps(maps, reference=np.zeros((9, 9)))
    with pytest.raises(ValueError, match="alpha=-1 must lie between 0 and 1"):
        RegionMapDisplay.from_maps(maps).plot(alpha=-1)
    with pytest.raises(ValueError, match=r"region_names has 1 entries.*needs 3"):
        RegionMapDisplay(np.ones((2, 2, 3)) / 3, region_names=["a"])
    maps.region_probabilities = None
    with pytest.raises(ValueError, match=r"maps\.region_probabilities is None"):
        RegionMapDisplay.from_maps(maps)
