"""Tests of sklearn_microarch._annotation."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn.exceptions import DataConversionWarning

from sklearn_microarch._annotation import (
    annotated_rows,
    check_roi_labels,
    code_labels,
    place_labels,
)


@pytest.mark.parametrize(
    "y, expected",
    [
        ([3, 1, 2], np.array([3, 1, 2])),
        ([True, False], np.array([True, False])),
        ([3.0, -1.0], np.array([3, -1])),
        (np.array([4, 5], dtype=object), np.array([4, 5])),
        (["VP", ""], np.array(["VP", ""])),
        (np.array(["VP", "ZI"], dtype=object), np.array(["VP", "ZI"])),
        (pd.Series(["VP", "ZI"]), np.array(["VP", "ZI"])),
        (pd.Categorical(["VP", "ZI"]), np.array(["VP", "ZI"])),
        (pl.Series(["VP", "ZI"]), np.array(["VP", "ZI"])),
        (pd.Series([1, 2], dtype="Int64"), np.array([1, 2])),
    ],
)
def test_labels_become_integers_booleans_or_strings(y, expected):
    labels = check_roi_labels(y)
    assert labels.dtype.kind == expected.dtype.kind
    np.testing.assert_array_equal(labels, expected)


@pytest.mark.parametrize(
    "y",
    [
        ["VP", 3],
        ("VP", None),
        np.array([3, "VP"], dtype=object),
        pd.Series(["VP", None], dtype=object),
    ],
)
def test_mixed_labels_are_an_error_that_names_the_argument(y):
    with pytest.raises(TypeError, match="roi_labels mixes label types"):
        check_roi_labels(y, name="roi_labels")


@pytest.mark.parametrize(
    "y", [np.array([b"VP"]), np.array(["2020-05-26"], dtype="datetime64[D]")]
)
def test_labels_of_another_type_are_an_error(y):
    with pytest.raises(TypeError, match="y has dtype"):
        check_roi_labels(y)


def test_a_fraction_is_an_error_that_shows_it():
    with pytest.raises(ValueError, match=r"y holds 2\.5, which is no whole number"):
        check_roi_labels([1.0, 2.5, 3.5])


@pytest.mark.parametrize("bad, word", [(np.nan, "NaN"), (np.inf, "infinity")])
def test_a_label_that_is_not_finite_is_an_error(bad, word):
    with pytest.raises(ValueError, match=f"Input roi_labels contains {word}"):
        check_roi_labels([1.0, bad], name="roi_labels")


@pytest.mark.parametrize("y", [None, 3, [[1, 2], [3, 4]]])
def test_labels_that_are_not_one_dimensional_are_an_error(y):
    with pytest.raises(ValueError, match="should be a 1d array"):
        check_roi_labels(y)


def test_a_column_of_labels_is_flattened_with_a_warning():
    with pytest.warns(DataConversionWarning, match="column-vector"):
        labels = check_roi_labels([[1], [2]])
    assert labels.tolist() == [1, 2]


@pytest.mark.parametrize(
    "labels, unannotated, expected",
    [
        ([5, -1, 5], None, [True, True, True]),
        ([5, -1, 5], -1, [True, False, True]),
        ([5, -1, 0], 0, [True, True, False]),
        ([5, -1], "", [True, True]),
        (["VP", "", "ZI"], None, [True, True, True]),
        (["VP", "", "ZI"], "", [True, False, True]),
        (["VP", "", "ZI"], -1, [True, False, True]),
        (["VP", "none"], "none", [True, False]),
        (["VP", "0"], 0, [True, True]),
    ],
)
def test_unannotated_rows_are_those_that_carry_the_label(labels, unannotated, expected):
    assert annotated_rows(np.array(labels), unannotated).tolist() == expected


@pytest.mark.parametrize("unannotated", [1.0, np.nan, [-1], object(), 1j])
def test_an_unannotated_label_of_another_type_is_named(unannotated):
    with pytest.raises(TypeError, match=r"unannotated=.* must be an integer, a string"):
        annotated_rows(np.array([1, 2]), unannotated)


@pytest.mark.parametrize(
    "y, words",
    [
        (None, r"y should be a 1d array.* shape \(\)"),
        (10**400, "y should be a 1d array"),
        ([[1, 2], [3]], "y=.* cannot be made an array"),
        ([1e27], "y holds 1e\\+27, which is no whole number of 64 bits"),
        ([10**400], "y has dtype object"),
        ([1j], "y has dtype complex128"),
        ([None], "y holds None; ROI labels are integers or strings"),
        ([{}], "y holds {}"),
        (torch.ones(2, requires_grad=True), "y=.* cannot be made an array"),
        (np.ma.masked_array([1, 2], [0, 1]), "y is masked at 1 of its 2 values"),
    ],
)
def test_what_is_no_label_is_an_error_that_names_the_argument(y, words):
    with pytest.raises((TypeError, ValueError), match=words):
        check_roi_labels(y)


@pytest.mark.parametrize("longest_run", [1, 40])
@pytest.mark.parametrize(
    "names", [np.array(["ZI", "", "CTX"]), np.array([7, -1, 10**12])]
)
def test_codes_lead_back_to_the_labels(rng, names, longest_run):
    runs = rng.integers(1, longest_run + 1, size=200)
    labels = np.repeat(names[rng.integers(0, 3, size=200)], runs)
    coded = code_labels(labels, unannotated=None)
    np.testing.assert_array_equal(coded.regions, np.unique(labels))
    np.testing.assert_array_equal(coded.regions[coded.codes], labels)
    assert coded.annotated.all()


@pytest.mark.parametrize("unannotated", [-1, ""])
def test_unannotated_rows_are_numbered_after_the_regions(unannotated):
    labels = ["", "VP", "VP", "", "CTX"] if unannotated == "" else [-1, 6, 6, -1, 4]
    coded = code_labels(labels, unannotated=unannotated)
    assert coded.codes.tolist() == [2, 1, 1, 2, 0]
    assert coded.region_codes.tolist() == [1, 1, 0]
    assert coded.annotated.tolist() == [False, True, True, False, True]
    assert coded.count().tolist() == [1, 2]
    assert len(coded.regions) == 2


def test_a_single_row_is_a_region():
    coded = code_labels([3], unannotated=-1)
    assert (coded.codes.tolist(), coded.regions.tolist()) == ([0], [3])


def test_more_regions_than_a_byte_can_number_are_kept_apart(rng):
    labels = rng.permutation(np.repeat(np.arange(256), 2))
    coded = code_labels(labels, unannotated=None)
    np.testing.assert_array_equal(coded.regions[coded.codes], labels)
    coded = code_labels(labels, unannotated=0)
    np.testing.assert_array_equal(~coded.annotated, labels == 0)


def test_expected_regions_may_be_absent_and_the_unannotated_label_is_none():
    coded = code_labels([5, -1, 7], [7, 6, 5, -1], unannotated=-1)
    assert coded.regions.tolist() == [5, 6, 7]
    assert coded.count().tolist() == [1, 0, 1]


def test_other_labels_of_no_region_get_a_number_of_their_own():
    coded = code_labels([5, 7, 7, -1], unannotated=-1)
    assert coded.code([7, 9, 3, 5], name="y_pred").tolist() == [1, 2, 2]
    short = code_labels(["a", "b"], unannotated=None)
    assert short.code(["bcd", "b"], name="y_pred").tolist() == [2, 1]
    assert place_labels(np.array([1]), np.array([], dtype=int), name="y").tolist() == [
        0
    ]


@pytest.mark.parametrize("labels", [[-1, -1], ["", ""]])
def test_no_annotated_row_is_an_error(labels):
    words = "y_true has no annotated row among its 2: all hold the unannotated label -1"
    with pytest.raises(ValueError, match=words):
        code_labels(labels, unannotated=-1, name="y_true")


def test_no_row_at_all_is_an_error():
    with pytest.raises(
        ValueError, match="y has no annotated row among its 0; at least"
    ):
        code_labels([], unannotated=-1)


def test_labels_that_do_not_fit_the_regions_are_named():
    none = {"unannotated": None}
    with pytest.raises(ValueError, match=r"labels holds the labels \[3\], which are"):
        code_labels([1, 3], [1, 2], name="labels", **none)
    with pytest.raises(TypeError, match="classes has dtype <U3 and the labels to comp"):
        code_labels([1, 3], ["CTX"], regions_name="classes", **none)
    coded = code_labels(["a", "b"], **none)
    with pytest.raises(TypeError, match="y_pred has dtype int64"):
        coded.code(np.array([0, 1]), name="y_pred")
    with pytest.raises(ValueError, match="y_pred has 1 rows, but there are 2 labels"):
        coded.code(["a"], name="y_pred")
