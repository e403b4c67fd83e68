"""Tests of sklearn_microarch.plotting.panels._panels."""

import numpy as np
import pytest
from matplotlib.offsetbox import AnchoredOffsetbox

from sklearn_microarch.plotting.panels._panels import (
    draw_map,
    open_panels,
    open_slices,
    say,
)
from sklearn_microarch.plotting.panels._section import SliceGround


@pytest.fixture
def section(slice_image):
    return SliceGround.under(
        np.zeros((13, 51)),
        background=slice_image,
        cell_size=8,
        offset=(0, 0),
        pixel_size_um=None,
    )


def scale_bars(ax):
    return ax.findobj(AnchoredOffsetbox)


def test_every_panel_shows_the_slice_and_the_last_one_the_scale(section):
    mapped = np.ones((13, 51), dtype=bool)
    panels = open_panels(section, mapped, crop=False, margin=0, n_panels=3)
    for ax in panels.axes:
        assert ax.get_xlim() == (-0.5, 402.5)
        assert ax.get_ylim() == (100.5, -0.5)
        assert ax.images[0].get_array().shape == (101, 403)
        assert len(ax.get_xticks()) == 0
    assert [len(scale_bars(ax)) for ax in panels.axes] == [0, 0, 1]


def test_without_a_pixel_size_axes_count_pixels_and_no_bar_is_drawn():
    section = SliceGround.under(
        np.zeros((5, 7)),
        background=None,
        cell_size=8,
        offset=(0, 0),
        pixel_size_um=None,
    )
    mapped = np.ones((5, 7), dtype=bool)
    (ax,) = open_panels(section, mapped, crop=False, margin=0).axes
    assert not scale_bars(ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("column (px)", "row (px)")
    assert len(ax.get_xticks()) > 1


def test_cropping_shows_the_mapped_part_at_full_resolution(section, slice_image):
    mapped = np.zeros((13, 51), dtype=bool)
    mapped[2:6, 10:20] = True
    panels = open_panels(section, mapped, crop=True, margin=0.0)
    top, bottom, left, right = panels.box
    assert (top, bottom, left, right) == (12, 44, 76, 156)
    ax = panels.axes[0]
    assert ax.get_xlim() == (75.5, 155.5)
    np.testing.assert_array_equal(
        ax.images[0].get_array(), slice_image.data[top:bottom, left:right]
    )


def test_a_map_laid_on_top_leaves_the_view_as_it_is(section):
    mapped = np.ones((13, 51), dtype=bool)
    panels = open_panels(section, mapped, crop=False, margin=0)
    (ax,) = panels.axes
    before = ax.get_xlim(), ax.get_ylim()
    image = draw_map(ax, np.zeros((13, 51, 4), dtype=np.uint8), panels.shown, gid="map")
    ax.figure.draw_without_rendering()
    assert (ax.get_xlim(), ax.get_ylim()) == before
    assert image.get_extent() == [-4, 404, 100, -4]


def test_what_a_panel_says_is_written_on_it(section):
    mapped = np.ones((13, 51), dtype=bool)
    (ax,) = open_panels(section, mapped, crop=False, margin=0).axes
    say(ax, "no positive loadings")
    assert [text.get_text() for text in ax.texts] == ["no positive loadings"]


def test_a_smaller_slice_stands_in_the_corner_of_its_panel_with_its_scale(
    section, slice_image
):
    half = SliceGround.under(
        np.zeros((7, 26)),
        background=slice_image.replace(data=slice_image.data[:51, :202]),
        cell_size=8,
        offset=(0, 0),
        pixel_size_um=None,
    )
    mapped = [np.ones((13, 51), dtype=bool), np.ones((7, 26), dtype=bool)]
    large, small = open_slices([section, half], mapped, crop=False, margin=0)
    assert small.axes[0].get_xlim() == large.axes[0].get_xlim() == (-0.5, 402.5)
    small.figure.draw_without_rendering()
    (bar,) = scale_bars(small.axes[0])
    right, bottom = small.axes[0].transData.transform((201.5, 50.5))
    box = bar.get_window_extent()
    assert box.x1 < right
    assert box.y0 > bottom


def test_slices_of_other_pixel_sizes_are_drawn_at_one_scale(slice_image):
    """Pixels twice as wide: half as many of them over the same width."""
    sections = [
        SliceGround.under(
            np.zeros((101, 403)),
            background=slice_image.replace(pixel_size_um=size),
            cell_size=1,
            offset=(0, 0),
            pixel_size_um=None,
        )
        for size in (1.0, 2.0)
    ]
    mapped = [np.ones((101, 403), dtype=bool)] * 2
    fine, coarse = open_slices(sections, mapped, crop=False, margin=0)
    assert np.ptp(fine.axes[0].get_xlim()) == 2 * np.ptp(coarse.axes[0].get_xlim())
