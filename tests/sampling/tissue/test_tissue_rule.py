"""Tests of sklearn_microarch.sampling.tissue._tissue_rule."""

import numpy as np
import pytest

from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling.tissue._grey_histogram import grey_histogram
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey
from sklearn_microarch.sampling.tissue._tissue_rule import TissueRule, split_greys


def greys_of(*levels, noise=3.0, width=60):
    """Return the histogram of a slice with upright bands of these grey levels."""
    data = np.repeat(np.repeat([levels], width, axis=1), 150, axis=0).astype(float)
    data += np.random.default_rng(0).normal(0, noise, data.shape)
    return grey_histogram([SmoothedGrey(SliceImage(data, 2.5))])


RULE = TissueRule("bright", 1, tissue_grey=120.0, ground_grey=10.0)


@pytest.mark.parametrize("noise", [3, 20])
@pytest.mark.parametrize("levels", [(50,), (120,)])
def test_noise_alone_is_not_split(levels, noise):
    classes = split_greys(greys_of(*levels, noise=noise, width=200), "bright")
    assert not classes.is_clear


def test_tissue_and_ground_are_split_between_them():
    classes = split_greys(greys_of(10, 120), "bright")
    assert classes.is_clear
    assert 20 < classes.threshold < 110
    assert classes.tissue_grey == pytest.approx(120, abs=3)
    assert classes.ground_grey == pytest.approx(10, abs=3)
    dark = split_greys(greys_of(10, 120), "dark")
    assert dark.tissue_grey == pytest.approx(10, abs=3)


def test_a_second_split_finds_pale_tissue():
    greys = greys_of(10, 60, 200)
    assert 70 < split_greys(greys, "bright").threshold
    assert 20 < split_greys(greys, "bright", 2).threshold < 55
    # Where there is none, it lies within the blurred rim.
    assert 15 < split_greys(greys_of(10, 200), "bright", 2).threshold < 105


@pytest.mark.parametrize(
    "levels, answer",
    [((118,), "everything"), ((12,), "nothing"), ((100, 150), "everything")],
)
def test_everything_and_nothing_are_answers(levels, answer):
    assert RULE.threshold(greys_of(*levels)) == answer


@pytest.mark.parametrize("gain", [0.3, 0.6, 1.0, 1.8])
def test_a_darker_or_brighter_slice_keeps_its_tissue(gain):
    threshold = RULE.threshold(greys_of(10 * gain, 120 * gain))
    assert 15 * gain < threshold < 115 * gain


def test_two_grounds_do_not_hide_the_tissue():
    assert 50 < RULE.threshold(greys_of(8, 44, 128)) < 120


def test_without_a_known_ground_what_is_not_split_is_tissue():
    rule = TissueRule("bright", 1, tissue_grey=120.0)
    assert rule.threshold(greys_of(12)) == "everything"
    assert isinstance(rule.threshold(greys_of(10, 120)), float)
