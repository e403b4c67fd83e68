"""Tests of sklearn_microarch.drift._verdict."""

from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_microarch.drift._indicator import Indicator
from sklearn_microarch.drift._verdict import SliceFacts, put_into_words, verdict_of
from sklearn_microarch.drift.blocks._baseline import Comparison
from sklearn_microarch.drift.blocks._feature_shift import Shift


def judged(
    *,
    shift=1.0,
    outside=0.05,
    changes=(0.0,) * 6,
    levels=256,
    spread=1.0,
    outside_limit=0.1,
    normalization="train",
    pixel_size_um=1.17,
    is_as_it_is=False,
):
    indicators = {
        "feature_shift": Indicator(shift, 1.0, 2.0),
        "share_outside_support": Indicator(outside, 0.05, outside_limit),
        "feature_spread": Indicator(spread, 1.0, 3.0),
    }
    reference = SimpleNamespace(
        n_grey_levels=256,
        normalization=normalization,
        pixel_size_um=1.17,
        region_names=np.array(["CTX", "VP", "TRN"]),
        null=SimpleNamespace(in_errors=np.random.default_rng(0).normal(size=(100, 6))),
    )
    # Three blocks of TRN moved furthest, as few do by chance.
    by_region, weights = np.array([0.4, shift, 9.0]), np.array([40.0, 40.0, 0.1])
    counts = np.array([80, 80, 1])
    moved = Shift(
        shift,
        by_region,
        np.sqrt(weights) * by_region,
        np.zeros(3),
        80.1,
        counts,
        counts,
    )
    comparison = Comparison(moved, np.array(changes), np.array(changes))
    message = put_into_words(
        indicators,
        comparison,
        reference,
        SliceFacts(levels, pixel_size_um, is_as_it_is),
        n_outside=np.array([30.0, 7.0, 2.0]),
    )
    # Every sentence is whole.
    assert message.endswith(".")
    assert ",." not in message
    assert ".." not in message.replace("...", "")
    return verdict_of(indicators), message


def test_within_all_limits_is_the_same():
    verdict, message = judged(shift=1.9, outside=0.09)
    assert verdict == "same"
    assert message.startswith("No indicator is beyond its limit.")
    assert "region_report" in message


def test_what_moved_most_is_named_with_its_region():
    verdict, message = judged(shift=7.0, outside=0.15)
    assert verdict == "shifted"
    assert "the features moved (7.00, limit 2.00), most in VP" in message
    _, message = judged(shift=1.0, outside=0.3)
    words = "rows lie outside of the support (0.30, limit 0.10), most in CTX"
    assert words in message
    _, message = judged(spread=9.0)
    assert "around their centres (9.00, limit 3.00)." in message


def test_most_rows_outside_is_unlike():
    verdict, message = judged(shift=7.0, outside=0.6)
    assert verdict == "unlike"
    assert "60% of the rows" in message
    assert "Do not trust" in message


def test_a_slice_is_unlike_from_just_beyond_half_of_it():
    half = 0.5
    below, above = np.nextafter(half, 0), np.nextafter(half, 1)
    assert judged(outside=below)[0] == "shifted"
    assert judged(outside=half)[0] == "shifted"
    verdict, message = judged(outside=above)
    assert verdict == "unlike"
    assert message.startswith("50% of the rows")
    # What lies within its limit is no drift, however much of the slice it is.
    assert judged(outside=above, outside_limit=0.6)[0] == "same"


def test_an_alarm_begins_just_beyond_a_limit():
    assert judged(shift=2.0)[0] == "same"
    assert judged(shift=np.nextafter(2.0, 3.0))[0] == "shifted"


@pytest.mark.parametrize(
    "at, change, words, remedy",
    [
        (2, -9.0, "darker", 'CNNFeatureExtractor(normalization="slice")'),
        (2, 9.0, "brighter", 'CNNFeatureExtractor(normalization="slice")'),
        (3, -9.0, "lower in contrast", 'CNNFeatureExtractor(normalization="slice")'),
        (4, -9.0, "blurrier, or its structures are larger", "in focus"),
        (4, 9.0, "sharper or noisier, or its structures are smaller", "in focus"),
    ],
)
def test_the_look_says_what_mends_it(at, change, words, remedy):
    changes = np.zeros(6)
    changes[at] = change
    verdict, message = judged(shift=7.0, changes=changes)
    assert verdict == "shifted"
    assert f"The slice is {words}. Expect lower accuracy. What mends it: " in message
    assert remedy in message
    verdict, message = judged(changes=changes)
    assert verdict == "same"
    assert f"The slice is {words}, which the features tolerate." in message
    assert "What mends it" not in message


def test_a_look_alone_shifts_no_slice():
    """Grey levels explain; only features decide."""
    assert judged(changes=(0, 0, 99.0, 99.0, -99.0, 0))[0] == "same"


def test_what_normalization_cannot_mend_is_not_its_remedy():
    changes = (0, 0, 9.0, 0, 0, 0)
    _, message = judged(shift=7.0, changes=changes, normalization="slice")
    assert "read_image" in message
    assert "CNNFeatureExtractor" not in message


def test_an_unknown_pixel_size_is_asked_for():
    changes = (0, 0, 0, 0, -9.0, 0)
    _, message = judged(shift=7.0, changes=changes, pixel_size_um=None)
    assert "read_image(path, pixel_size_um=...)" in message
    _, message = judged(shift=7.0, changes=changes)
    assert "correct its pixel size, 1.17 um, if wrong" in message


def test_a_slice_mapped_at_its_own_pixel_size_is_told():
    _, message = judged(shift=7.0, pixel_size_um=2.34, is_as_it_is=True)
    assert "of 2.34 um a pixel instead of 1.17" in message
    assert "allow_pixel_size_mismatch=False" in message


def test_without_a_cause_the_way_to_find_it_is_named():
    _, message = judged(shift=7.0)
    assert "outside_map()" in message
    assert "PatchSampler.sample" in message


def test_few_grey_levels_are_told():
    _, message = judged(shift=7.0, levels=19)
    assert "of 19 grey levels instead of 256" in message
    assert "What mends it: read the raw data with read_image" in message
    _, message = judged(shift=7.0, levels=200)
    assert "grey levels" not in message


def test_excess_is_one_at_the_limit():
    assert Indicator(2.0, 1.0, 2.0).excess == 1
    assert Indicator(1.0, 1.0, 2.0).excess == 0
