"""Tests of sklearn_microarch.datasets.prasad2020._regions."""

import numpy as np

from sklearn_microarch.datasets.prasad2020._regions import (
    ROI_NAMES,
    SIX_CLASS_NAMES,
    as_six_classes,
    unknown_codes,
)


def test_six_classes_leave_out_the_trn_and_join_white_matter():
    codes = np.arange(9, dtype=np.uint8).reshape(3, 3)
    classes = as_six_classes(codes)
    assert classes.ravel().tolist() == [0, 1, 2, 0, 4, 5, 6, 7, 6]
    assert classes.dtype == np.uint8


def test_every_class_that_remains_has_a_name_and_the_same_one_but_white_matter():
    codes = set(as_six_classes(np.arange(9, dtype=np.uint8)).tolist()) - {0}
    assert set(SIX_CLASS_NAMES) == codes
    same = {code: name for code, name in SIX_CLASS_NAMES.items() if name != "WM"}
    assert same.items() <= ROI_NAMES.items()


def test_codes_that_no_region_has_are_found():
    assert unknown_codes(np.array([[0, 1, 8]], dtype=np.uint8)) == []
    assert unknown_codes(np.array([[0, 9, 2**40]], dtype=np.uint64)) == [9, 2**40]
