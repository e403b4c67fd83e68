"""Tests of sklearn_microarch._annotation."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import DataConversionWarning

from sklearn_microarch._annotation import annotated_rows, check_roi_labels


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
