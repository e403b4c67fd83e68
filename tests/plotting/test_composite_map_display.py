"""Tests of sklearn_microarch.plotting._composite_map_display."""

import numpy as np
import pytest

from sklearn_microarch.plotting import CompositeMapDisplay, FactorMapDisplay

NAMES = ["factor12_WM", "factor01_CTX", "factor07_ZI"]


def test_clip_rule_is_that_of_the_panels_of_single_factors(maps):
    composite = CompositeMapDisplay.from_maps(maps, factors=NAMES).plot()
    panels = FactorMapDisplay.from_maps(maps, factors=NAMES).plot()
    np.testing.assert_array_equal(composite.clip_limits_, panels.clip_limits_)


def test_legend_says_which_factor_is_which_light(maps):
    legend = CompositeMapDisplay.from_maps(maps, factors=NAMES).plot().ax_.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [
        "Factor 12: WM",
        "Factor 1: CTX",
        "Factor 7: ZI",
    ]
    lights = np.array([patch.get_facecolor()[:3] for patch in legend.get_patches()])
    np.testing.assert_array_equal(lights, np.eye(3))
    assert "99th percentile" in legend.get_title().get_text()


def test_the_brightest_cell_of_one_factor_has_that_factor_s_light():
    factors = np.zeros((2, 3, 3))
    factors[0, 1, 0] = factors[1, 2, 2] = 5.0
    factors[0, 0, 1] = 5.0
    display = CompositeMapDisplay(factors).plot(colors=["#00ffff", "#ff00ff", "yellow"])
    picture = display.ax_.images[-1].get_array()
    assert picture[0, 1, :3].tolist() == [0, 255, 255]
    assert picture[0, 0, :3].tolist() == [255, 0, 255]
    assert picture[1, 2, :3].tolist() == [255, 255, 0]
    assert picture[1, 0, 3] == 0


def test_a_factor_that_is_nowhere_active_is_named_so(rng):
    factors = rng.exponential(size=(4, 5, 3))
    factors[..., 1] = 0.0
    ax = CompositeMapDisplay(factors, factor_names=["a", "b", "c"]).plot().ax_
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["a", "b (nowhere active)", "c"]
    assert not ax.images[-1].get_array()[..., 1].any()
    assert not ax.texts


def test_three_inactive_factors_are_said_and_no_crash():
    ax = CompositeMapDisplay(np.zeros((4, 5, 3))).plot().ax_
    assert ax.texts[0].get_text() == "no positive loadings"


def test_cropping_shows_the_mapped_part(maps):
    display = CompositeMapDisplay.from_maps(maps, factors=NAMES)
    assert display.plot(crop=True, margin=0.0).ax_.get_xlim() == (75.5, 315.5)


def test_bad_arguments_are_errors(maps):
    with pytest.raises(ValueError, match=r"factors has 2 maps.*takes 3"):
        CompositeMapDisplay(np.ones((4, 5, 2)))
    with pytest.raises(ValueError, match="factors has 4 maps"):
        CompositeMapDisplay.from_maps(maps, factors=range(4))
    with pytest.raises(ValueError, match=r"colors=\['red'\] must hold 3 colours"):
        CompositeMapDisplay.from_maps(maps, factors=NAMES).plot(colors=["red"])


def test_slices_share_the_limit_of_each_light(maps_of_two):
    display = CompositeMapDisplay.from_maps(maps_of_two, factors=NAMES).plot()
    panels = FactorMapDisplay.from_maps(maps_of_two, factors=NAMES).plot()
    np.testing.assert_array_equal(display.clip_limits_, panels.clip_limits_)
    opacity = [np.array(ax.images[-1].get_array())[..., 3] for ax in display.ax_]
    weak, strong = (np.median(one[one > 0]) for one in opacity)
    assert weak < 0.6 * strong
    (legend,) = display.figure_.legends
    assert "over 2 slices" in legend.get_title().get_text()
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts[0] == f"Factor 12: WM (0 to {display.clip_limits_[0]:.3g})"
