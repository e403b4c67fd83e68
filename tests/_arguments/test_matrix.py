"""Tests of sklearn_microarch._arguments._matrix."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from sklearn_microarch._arguments._matrix import check_matrix, naming


@pytest.mark.parametrize(
    "value, error, words",
    [
        (np.ones((2, 2), "M8[s]"), TypeError, "rows has dtype datetime64"),
        (pd.DataFrame({"a": pd.to_datetime(["2026-01-01"])}), TypeError, "rows has dt"),
        (np.ones((2, 2), "m8[s]"), TypeError, "rows has dtype timedelta64"),
        (np.array([["1", "2"]]), TypeError, "rows has dtype <U1"),
        (np.ones((2, 2), complex), ValueError, "Complex .* rows has dtype complex128"),
        ([[10**400]], ValueError, "rows holds a number too large"),
        ([[1, 2], [3]], ValueError, "rows=.* cannot be made an array"),
        ([1, 2], ValueError, "rows: Expected 2D array"),
        ([[object()]], TypeError, "rows: float"),
        ([[np.nan]], ValueError, "Input rows contains NaN"),
        (np.ma.masked_equal([[1, 2]], 2), ValueError, "rows is masked at 1 of its 2"),
        (csr_array(np.eye(2)), TypeError, "Sparse data was passed for rows"),
    ],
)
def test_what_holds_no_numbers_is_refused_by_name(value, error, words):
    with pytest.raises(error, match=words):
        check_matrix("rows", value)


def test_numbers_are_passed_on_uncopied():
    rows = np.eye(3)
    assert check_matrix("rows", rows) is rows
    assert check_matrix("rows", [[1, 2]]).tolist() == [[1, 2]]


def test_an_error_of_our_own_keeps_its_type_and_words():
    class OwnError(ValueError):
        pass

    with pytest.raises(OwnError, match=r"^as it is$"), naming("X"):
        raise OwnError("as it is")
