"""Tests of sklearn_microarch.sampling._lay_out."""

import numpy as np
import pytest

from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._lay_out import check_rois, map_fill, name_codes


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
    assert name_codes(np.array([0, 1]), ["a", "b"]).tolist() == ["a", "b"]


@pytest.mark.parametrize("names", [5, "CTX", {"CTX"}, np.array(3), object()])
def test_names_are_a_mapping_or_a_sequence(names):
    with pytest.raises(TypeError, match=r"names=.* must be a mapping"):
        name_codes(np.array([0]), names)


@pytest.mark.parametrize(
    "rois, error, message",
    [
        (SliceImage(np.ones((7, 9), int)), TypeError, "rois is a SliceImage.*swapped"),
        ([SliceImage(np.ones((7, 9)))], TypeError, "rois is a SliceImage"),
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


def test_a_masked_array_without_hidden_values_is_a_region_map():
    rois = np.ma.masked_array(np.ones((7, 9), int), False)
    assert check_rois(rois, [SliceImage(np.zeros((7, 9)))])[0].sum() == 63
