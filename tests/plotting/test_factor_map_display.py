"""Tests of sklearn_microarch.plotting._factor_map_display."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest

from sklearn_microarch.plotting import FactorMapDisplay


def test_all_panels_are_clipped_by_the_same_rule(maps):
    display = FactorMapDisplay.from_maps(maps).plot(percentile=95)
    for index, image in enumerate(display.images_):
        loadings = maps.factors[..., index]
        limit = np.percentile(loadings[loadings > 0], 95)
        assert image.get_clim() == (0.0, pytest.approx(limit))
        assert display.clip_limits_[index] == pytest.approx(limit)


def test_inactive_cells_are_transparent_and_strong_ones_nearly_opaque():
    loadings = np.array([[[0.0], [-1.0], [np.nan], [0.5], [1.0], [9.0]]])
    display = FactorMapDisplay(loadings).plot(percentile=50, colorbar=False)
    image = display.images_[0]
    rgba = image.to_rgba(image.get_array())[0]
    assert rgba[:3, 3].tolist() == [0, 0, 0]
    assert 0 < rgba[3, 3] < rgba[4, 3] < 1
    np.testing.assert_array_equal(rgba[4], rgba[5])


def test_threshold_hides_weak_loadings_and_the_caption_says_so(rng):
    loadings = rng.uniform(size=(6, 9, 2))
    display = FactorMapDisplay(loadings).plot(threshold=0.5)
    drawn = display.images_[1].get_array()
    np.testing.assert_array_equal(drawn.mask, loadings[..., 1] <= 0.5)
    (caption,) = [
        ax.get_xlabel()
        for ax in display.figure_.axes
        if ax.get_xlabel() and ax not in list(display.axes_)
    ]
    assert "99th percentile of each factor's loadings above 0.5" in caption


def test_titles_name_factor_region_and_limit(maps):
    display = FactorMapDisplay.from_maps(maps, factors=[2, "factor01_CTX"]).plot()
    titles = [ax.get_title(loc="left") for ax in display.axes_]
    assert titles == [
        f"wide\nFactor 7: ZI   (clipped at {display.clip_limits_[0]:.3g})",
        f"Factor 1: CTX   (clipped at {display.clip_limits_[1]:.3g})",
    ]


def test_a_factor_that_is_nowhere_active_says_so_and_spoils_no_other(maps):
    maps.factors[..., 1] = np.where(np.isnan(maps.factors[..., 1]), np.nan, 0.0)
    display = FactorMapDisplay.from_maps(maps).plot()
    assert display.images_[1] is None
    assert [text.get_text() for text in display.axes_[1].texts] == [
        "no positive loadings"
    ]
    assert display.axes_[1].get_title(loc="left") == "Factor 4: VP"
    assert np.isnan(display.clip_limits_).tolist() == [False, True, False, False]
    assert not display.axes_[0].texts


def test_coarse_cells_lie_over_the_pixels_they_stand_for(slice_image, color_at):
    """Only the cell computed at pixel (40, 160) is active: 8 px around it differ."""
    loadings = np.full((13, 51, 1), np.nan)
    loadings[5, 20] = 1.0
    slice_image = slice_image.replace(data=np.full((101, 403), 90, dtype=np.uint8))
    display = FactorMapDisplay(loadings, background=slice_image, cell_size=8)
    ax = display.plot(colorbar=False).axes_[0]
    ground = color_at(ax, 90, 380)
    for row, column in [(40, 160), (37, 157), (43, 163)]:
        assert color_at(ax, row, column) != ground
    for row, column in [(34, 160), (46, 160), (40, 154), (40, 166)]:
        assert color_at(ax, row, column) == ground


def test_nothing_in_a_tall_stack_overlaps(maps):
    figure = FactorMapDisplay.from_maps(maps).plot().figure_
    figure.draw_without_rendering()
    boxes = sorted((ax.get_tightbbox() for ax in figure.axes), key=lambda box: -box.y1)
    for upper, lower in pairwise(boxes):
        assert lower.y1 <= upper.y0
    assert boxes[-1].y0 >= 0
    assert boxes[0].y1 <= figure.bbox.y1


def test_axes_of_a_caller_are_drawn_on_and_left_in_their_figure(maps):
    figure, axes = plt.subplots(2, 2, figsize=(8, 4), layout="constrained")
    display = FactorMapDisplay.from_maps(maps).plot(axes, crop=True)
    assert display.figure_ is figure
    assert list(display.axes_) == list(axes.ravel())
    assert figure.get_size_inches().tolist() == [8, 4]


def test_axes_may_lie_on_a_subfigure(maps):
    part = plt.figure(layout="constrained").subfigures(1, 2)[1]
    display = FactorMapDisplay.from_maps(maps, factors=[0]).plot(part.subplots())
    assert display.figure_ is part


def test_bad_arguments_are_errors(maps, slice_image):
    with pytest.raises(ValueError, match="factors has shape"):
        FactorMapDisplay(np.ones((13, 51)))
    with pytest.raises(ValueError, match="cell_size=8 would fit"):
        FactorMapDisplay(np.ones((13, 51, 2)), background=slice_image)
    with pytest.raises(ValueError, match="factor_names has 1 entries"):
        FactorMapDisplay(np.ones((13, 51, 2)), factor_names=["a"])
    display = FactorMapDisplay.from_maps(maps)
    with pytest.raises(ValueError, match="ax holds 1 Axes for 4 panels"):
        display.plot(plt.subplots()[1])
    assert not hasattr(display, "axes_")


def test_slices_share_the_limit_of_each_factor(maps_of_two):
    display = FactorMapDisplay.from_maps(maps_of_two).plot(percentile=90)
    for index, limit in enumerate(display.clip_limits_):
        both = [one.factors[..., index].ravel() for one in maps_of_two]
        pooled = np.concatenate(both)
        assert limit == pytest.approx(np.percentile(pooled[pooled > 0], 90))
        assert [images[index].get_clim() for images in display.images_] == [
            (0.0, pytest.approx(limit))
        ] * 2


def test_ten_times_as_strong_is_drawn_ten_times_as_high_on_the_scale(maps_of_two):
    weak, strong = FactorMapDisplay.from_maps(maps_of_two, factors=[0]).plot().images_
    places = [
        image[0].norm(np.ma.median(image[0].get_array())) for image in (weak, strong)
    ]
    assert places[1] / places[0] == pytest.approx(10, rel=0.05)


def test_titles_and_caption_state_the_common_scale(maps_of_two):
    display = FactorMapDisplay.from_maps(maps_of_two, factors=[2]).plot()
    limit = f"(0 to {display.clip_limits_[0]:.3g})"
    titles = [ax.get_title(loc="left") for ax in display.axes_[:, 0]]
    assert titles == [
        f"A: wide\nFactor 7: ZI   {limit}",
        f"B: narrow\nFactor 7: ZI   {limit}",
    ]
    captions = " ".join(ax.get_xlabel() for ax in display.figure_.axes)
    assert "common scale: 0 to x = the 99th percentile" in captions
    assert captions.endswith("over 2 slices")


def test_a_factor_absent_from_one_slice_keeps_its_limit_on_the_other(maps_of_two):
    absent = maps_of_two[0].factors.copy()
    absent[..., 1] = np.where(np.isnan(absent[..., 1]), np.nan, 0.0)
    maps_of_two[0].factors = absent
    display = FactorMapDisplay.from_maps(maps_of_two).plot()
    assert display.images_[0][1] is None
    assert display.images_[1][1] is not None
    assert [text.get_text() for text in display.axes_[0, 1].texts] == [
        "no positive loadings"
    ]
    assert np.isfinite(display.clip_limits_).all()


def test_the_fewer_of_slices_and_factors_stand_side_by_side(maps_of_two):
    def columns(display):
        spans = [ax.get_subplotspec().colspan.start for ax in display.axes_.ravel()]
        return np.reshape(spans, display.axes_.shape).tolist()

    few_slices = FactorMapDisplay.from_maps(maps_of_two, factors=[0, 1, 2]).plot()
    assert columns(few_slices) == [[0, 0, 0], [1, 1, 1]]
    many = FactorMapDisplay.from_maps([*maps_of_two, maps_of_two[0]], factors=[0, 1])
    assert columns(many.plot()) == [[0, 1]] * 3
