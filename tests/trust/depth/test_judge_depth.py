"""Tests of what is said of maps that mark layers."""

import numpy as np
import pytest

from sklearn_microarch.trust.depth._judge_depth import DepthFigures


@pytest.mark.parametrize(
    ("by_depth", "by_layers", "p_redrawn", "words"),
    [
        (0.3, 0.6, 0.04, ""),
        (0.3, 0.6, 0.06, "redrawn within bands"),
        (0.3, 0.6, np.nan, "no more than depth"),
        (0.3, 0.2, 0.01, "smooth function"),
    ],
)
def test_a_layer_must_be_more_than_its_depth(by_depth, by_layers, p_redrawn, words):
    found = DepthFigures(by_depth, by_layers, p_redrawn)
    said = found.as_good("L4 best")
    assert words in said
    assert bool(said) == bool(words)
    assert not said or ("L4" in said and "stain that fades" in said)
    assert not found.follows_depth


def test_smooth_depth_that_explains_half_and_more_than_layers_is_followed():
    assert DepthFigures(0.8, 0.7, 0.01).follows_depth
    assert not DepthFigures(0.7, 0.8, 0.9).follows_depth
    assert not DepthFigures(0.4, 0.3, 0.9).follows_depth
    assert "80 % of it, the layers 70 %" in DepthFigures(0.8, 0.7, 0.9).sentence


def test_what_chance_does_as_well_is_told_how_many_slices_it_would_take():
    few = DepthFigures(0.3, 0.6, 0.06, slices=4).as_good("L4 best")
    assert "about 4 slices that show it as well, or more animals" in few
    assert "another stain, more animals would" not in few
    unknown = DepthFigures(0.3, 0.6, 0.9).as_good("L4 best")
    assert "slices" not in unknown
