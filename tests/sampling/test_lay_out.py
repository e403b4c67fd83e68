"""Tests of sklearn_microarch.sampling._lay_out."""

import numpy as np
import pytest

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._lay_out import (
    check_rois,
    codes_on_slices,
    map_fill,
    name_codes,
    roi_maps,
)


@pytest.mark.parametrize(
    "dtype, wanted, fill",
    [
        ("float32", "float32", np.nan),
        ("int16", "int16", -1),
        ("uint8", "int64", -1),
        ("bool", "int64", -1),
        ("U3", "U3", ""),
    ],
)
def test_what_stands_where_there_is_no_value_is_of_the_values_kind(dtype, wanted, fill):
    found, blank = map_fill(np.dtype(dtype))
    assert found == wanted
    np.testing.assert_equal(blank, fill)


@pytest.mark.parametrize("far", [0, 1 << 30])
def test_codes_become_names_also_where_they_are_far_apart(far):
    codes = np.array([3, -1, 7 + far, 3])
    names = {3: "CTX", 7 + far: "VP"}
    assert name_codes(codes, names).tolist() == ["CTX", "", "VP", "CTX"]
    assert name_codes(np.empty(0, int), names).tolist() == []


@pytest.mark.parametrize(
    "rois, error, message",
    [
        (
            SliceImage(np.arange(63).reshape(7, 9) * 40),
            TypeError,
            "rois is a SliceImage of 63 different .*swapped",
        ),
        ([SliceImage(np.ones((7, 9)))], TypeError, "rois is a SliceImage of dtype fl"),
        (np.ones((7, 9)), TypeError, "rois has dtype float64.*Images come first"),
        (np.ma.masked_array(np.ones((7, 9), int), True), ValueError, "rois is masked"),
        (np.full((7, 9), 2**64 - 1, np.uint64), ValueError, "rois holds the code 184"),
        ([[1], [1, 2]], ValueError, "rois="),
        (None, ValueError, r"rois has shape \(\)"),
        ([], ValueError, "rois holds 0 maps for 1 images"),
    ],
)
def test_what_is_no_region_map_is_named(rois, error, message):
    with pytest.raises(error, match=message):
        check_rois(rois, [SliceImage(np.zeros((7, 9)))])


def test_a_slice_of_codes_is_a_region_map():
    codes = np.ones((7, 9), np.uint8)
    image = SliceImage(np.zeros((7, 9)))
    assert check_rois(SliceImage(codes), [image])[0] is codes
    found = check_rois([SliceImage(codes[None]), codes], [image, image])
    assert [one.shape for one in found] == [(7, 9), (7, 9)]


def test_roi_maps_are_told_from_codes_and_not_mixed_with_them():
    codes, image = np.ones((7, 9), np.uint8), SliceImage(np.zeros((7, 9)))
    rois = RoiMap(codes, {1: "CTX"})
    assert roi_maps(codes, [image]) is None
    assert roi_maps(rois, [image]) == [rois]
    with pytest.raises(TypeError, match="mixes RoiMap and codes"):
        roi_maps([rois, codes], [image, image])
    with pytest.raises(ValueError, match="rois holds 2 maps for 1 images"):
        roi_maps([rois, rois], [image])


def test_codes_of_a_roi_map_on_a_slice_keep_regions_apart_from_none():
    codes = np.array([[0, 1, 2], [0, 1, 2]])
    image = SliceImage(np.zeros((2, 3)))
    rois = RoiMap(codes, {0: "CTX", 1: "VP"}, unannotated_code=2)
    (found,) = codes_on_slices(rois, [image], unannotated_code=0)
    np.testing.assert_array_equal(found == 0, codes == 2)
    assert len(np.unique(found)) == 3


def test_a_masked_array_without_hidden_values_is_a_region_map():
    rois = np.ma.masked_array(np.ones((7, 9), int), False)
    assert check_rois(rois, [SliceImage(np.zeros((7, 9)))])[0].sum() == 63
