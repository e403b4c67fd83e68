"""Tests of sklearn_microarch.drift._verdict."""

from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_microarch.drift._baseline import Comparison
from sklearn_microarch.drift._feature_shift import Shift
from sklearn_microarch.drift._verdict import Indicator, reach_verdict


def verdict_of(
    *,
    shift=1.0,
    outside=0.05,
    changes=(0.0,) * 6,
    levels=256,
    spread=1.0,
    outside_limit=0.1,
):
    indicators = {
        "feature_shift": Indicator(shift, 1.0, 2.0),
        "share_outside_support": Indicator(outside, 0.05, outside_limit),
        "feature_spread": Indicator(spread, 1.0, 3.0),
    }
    reference = SimpleNamespace(
        n_grey_levels=256,
        region_names=np.array(["CTX", "VP", "TRN"]),
        null=SimpleNamespace(in_errors=np.random.default_rng(0).normal(size=(100, 6))),
    )
    # Three blocks of TRN moved furthest, as few do by chance.
    by_region, weights = np.array([0.4, shift, 9.0]), np.array([40.0, 40.0, 0.1])
    moved = Shift(shift, by_region, np.sqrt(weights) * by_region, np.zeros(3), 80.1)
    comparison = Comparison(moved, np.array(changes), np.array(changes))
    return reach_verdict(
        indicators,
        comparison,
        reference,
        n_outside=np.array([30.0, 7.0, 2.0]),
        n_grey_levels=levels,
    )


def test_within_all_limits_is_the_same():
    verdict, message = verdict_of(shift=1.9, outside=0.09)
    assert verdict == "same"
    assert "held-out rows of it, if that was measured" in message


def test_what_moved_most_is_named_with_its_region():
    verdict, message = verdict_of(shift=7.0, outside=0.15)
    assert verdict == "shifted"
    assert "the features moved (7.00, limit 2.00), most in VP" in message
    _, message = verdict_of(shift=1.0, outside=0.3)
    words = "rows lie outside of the support (0.30, limit 0.10), most in CTX"
    assert words in message
    _, message = verdict_of(spread=9.0)
    assert "around their centres (9.00, limit 3.00)." in message


def test_most_rows_outside_is_unlike():
    verdict, message = verdict_of(shift=7.0, outside=0.6)
    assert verdict == "unlike"
    assert "60% of the rows" in message
    assert "Do not trust" in message


def test_a_slice_is_unlike_from_just_beyond_half_of_it():
    half = 0.5
    below, above = np.nextafter(half, 0), np.nextafter(half, 1)
    assert verdict_of(outside=below)[0] == "shifted"
    assert verdict_of(outside=half)[0] == "shifted"
    verdict, message = verdict_of(outside=above)
    assert verdict == "unlike"
    assert message.startswith("50% of the rows")
    # What lies within its limit is no drift, however much of the slice it is.
    assert verdict_of(outside=above, outside_limit=0.6)[0] == "same"


def test_an_alarm_begins_just_beyond_a_limit():
    assert verdict_of(shift=2.0)[0] == "same"
    assert verdict_of(shift=np.nextafter(2.0, 3.0))[0] == "shifted"


@pytest.mark.parametrize(
    "at, change, words, remedy",
    [
        (2, -9.0, "darker", "scale its grey levels"),
        (2, 9.0, "brighter", "scale its grey levels"),
        (3, -9.0, "lower in contrast", "scale its grey levels"),
        (4, -9.0, "blurrier", "check focus"),
        (4, 9.0, "sharper, noisier or of smaller structures. Ex", "check focus"),
    ],
)
def test_the_look_says_what_to_do(at, change, words, remedy):
    changes = np.zeros(6)
    changes[at] = change
    _, message = verdict_of(shift=7.0, changes=changes)
    assert words in message
    assert remedy in message
    verdict, message = verdict_of(changes=changes)
    assert verdict == "same"
    assert f"It is {words.partition('.')[0]}" in message


def test_few_grey_levels_are_told():
    _, message = verdict_of(shift=7.0, levels=19)
    assert "of 19 grey levels instead of 256" in message
    assert "use the raw data" in message
    _, message = verdict_of(shift=7.0, levels=200)
    assert "grey levels" not in message


def test_excess_is_one_at_the_limit():
    assert Indicator(2.0, 1.0, 2.0).excess == 1
    assert Indicator(1.0, 1.0, 2.0).excess == 0
