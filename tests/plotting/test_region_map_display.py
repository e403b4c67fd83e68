"""Tests of sklearn_microarch.plotting._region_map_display."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch

from sklearn_microarch import RoiMap
from sklearn_microarch.plotting import RegionMapDisplay
from sklearn_microarch.plotting._unknown import GREYS
from sklearn_microarch.plotting.colors._colors import REGION_COLORS


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
    assert legend_of(only_vp)["VP"] == pytest.approx(to_rgb(REGION_COLORS[2]))


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


def test_a_region_has_the_color_of_its_name_on_all_slices(maps_of_two):
    """The second slice's model lists VP first, the first one's second."""
    display = RegionMapDisplay.from_maps(maps_of_two).plot()
    assert display.region_names == ["CTX", "VP", "ZI"]
    for one, ax, regions in zip(maps_of_two, display.ax_, display.regions, strict=True):
        picture = ax.images[-1].get_array()
        names = np.array([*one.region_names, "none"])[
            np.where(regions < 0, -1, np.nan_to_num(one.region_probabilities).argmax(2))
        ]
        for name, color in zip(["CTX", "VP", "ZI"], REGION_COLORS, strict=False):
            drawn = picture[names == name][:, :3]
            assert (drawn == np.round(255 * np.array(to_rgb(color)))).all()
    (legend,) = display.figure_.legends
    assert [text.get_text() for text in legend.get_texts()] == ["CTX", "VP", "ZI"]


def test_colors_of_an_annotation_win(maps):
    codes = np.zeros(maps.image.shape, dtype=int)
    codes[:, :200], codes[:, 200:] = 5, 7
    rois = RoiMap(codes, {5: "ZI", 7: "VP"}, colors={5: (255, 0, 0)})
    display = RegionMapDisplay.from_maps(maps, reference=rois).plot()
    found = legend_of(display)
    assert found["ZI"] == (1.0, 0.0, 0.0)
    assert found["VP"] == pytest.approx(to_rgb(REGION_COLORS[1]))
    (outline,) = [p for p in display.ax_.patches if isinstance(p, PathPatch)]
    assert np.unique(outline.get_path().vertices[:, 0]).tolist() == [199.5]
    asked = display.plot(palette=["blue", "lime", "white"])
    assert legend_of(asked)["ZI"] == (1.0, 1.0, 1.0)


def test_an_annotation_on_a_coarser_grid_is_laid_over_the_slice(maps):
    codes = np.repeat([[1] * 20 + [2] * 21], 11, axis=0)
    rois = RoiMap(codes, {1: "CTX", 2: "VP"}, pixel_size_um=11.7)
    display = RegionMapDisplay.from_maps(maps, reference=rois).plot()
    (outline,) = [p for p in display.ax_.patches if isinstance(p, PathPatch)]
    # Ten pixels a code, the first one's centre on the slice's first pixel.
    assert np.unique(outline.get_path().vertices[:, 0]).tolist() == [194.5]


def test_each_slice_has_its_own_reference_or_none(maps_of_two):
    codes = np.zeros((69, 301), dtype=int)
    codes[:, 100:] = 1
    display = RegionMapDisplay.from_maps(maps_of_two, reference=[None, codes]).plot()
    outlined = [
        sum(isinstance(patch, PathPatch) for patch in ax.patches) for ax in display.ax_
    ]
    assert outlined == [0, 1]
    with pytest.raises(ValueError, match="reference holds 1 entries for 2 slices"):
        RegionMapDisplay.from_maps(maps_of_two, reference=[codes])
    with pytest.raises(TypeError, match=r"reference is a RoiMap, but maps is a list"):
        RegionMapDisplay.from_maps(maps_of_two, reference=RoiMap(codes, {1: "CTX"}))


def test_unknown_tissue_is_striped_in_grey_and_said():
    certain = np.tile([1.0, 0.0], (6, 8, 1))
    certain[0, 0] = np.nan
    novelty = np.full((6, 8), 0.5)
    novelty[:, 4:], novelty[0, 0], novelty[5, 0] = 1.5, 3.0, np.nan
    display = RegionMapDisplay(certain, region_names=["CTX", "VP"], novelty=novelty)
    picture = display.plot(alpha=1.0).ax_.images[-1].get_array()
    assert display.unknown.sum() == 25
    drawn = {tuple(cell) for cell in picture[:, 4:].reshape(-1, 4).tolist()}
    assert drawn == {(*np.round(255 * grey).tolist(), 255) for grey in GREYS}
    # Where there is no cell, nothing is unknown.
    assert picture[0, 0, 3] == 0
    color = tuple(np.round(255 * np.array(to_rgb(REGION_COLORS[0]))).astype(int))
    assert tuple(picture[1, 1, :3]) == tuple(picture[5, 0, :3]) == color
    assert list(legend_of(display)) == ["CTX", "unknown"]
    plain = display.plot(unknown=False)
    assert list(legend_of(plain)) == ["CTX"]
    assert (plain.ax_.images[-1].get_array()[1:, :, :3] == color).all()


def test_novelty_of_maps_is_drawn_where_they_have_it(maps):
    assert not RegionMapDisplay.from_maps(maps).unknown.any()
    maps.novelty = np.full(maps.region_probabilities.shape[:2], 2.0)
    assert RegionMapDisplay.from_maps(maps).unknown.all()
    maps.novelty = np.ones((3, 3))
    with pytest.raises(ValueError, match="novelty"):
        RegionMapDisplay.from_maps(maps)
