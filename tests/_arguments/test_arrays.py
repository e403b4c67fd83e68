"""Tests of sklearn_microarch._arguments._arrays."""

import numpy as np
import pandas as pd
import pytest
import torch

from sklearn_microarch._arguments._arrays import as_array, as_numbers, check_same_length


@pytest.mark.parametrize(
    "value",
    [np.arange(3), pd.Series([1, 2]), torch.ones(2), np.ma.masked_array([1, 2])],
)
def test_arrays_are_not_copied(value):
    assert np.shares_memory(as_array("x", value), np.asarray(value))


@pytest.mark.parametrize(
    "value, error, words",
    [
        ([[1, 2], [3]], ValueError, "x=.* cannot be made an array: .* inhomogeneous"),
        (torch.ones(2, requires_grad=True), TypeError, "x=tensor.* cannot be made an"),
        (np.ma.masked_array([1, 2], [0, 1]), ValueError, "x is masked at 1 of its 2"),
    ],
)
def test_what_is_no_array_is_named(value, error, words):
    with pytest.raises(error, match=words):
        as_array("x", value)


@pytest.mark.parametrize(
    "value, dtype",
    [
        ([True, False], bool),
        ([1, 2], int),
        (np.float32([1, 2]), np.float32),
        (np.array([1, 2.5], dtype=object), float),
    ],
)
def test_numbers_keep_their_type(value, dtype):
    found = as_numbers("x", value)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, value)


@pytest.mark.parametrize(
    "value, error, words",
    [
        (3, ValueError, r"x has shape \(\); it must be 1-D"),
        ([[1]], ValueError, r"x has shape \(1, 1\); it must be 1-D"),
        ([1j], TypeError, "x has dtype complex128; it must hold real numbers"),
        (["1"], TypeError, "x has dtype <U1"),
        ([None], TypeError, "x holds None; it must hold real numbers"),
        ([10**400], ValueError, "x holds a number too large to convert"),
        ([1, np.inf, np.nan], ValueError, "x holds 2 NaN or infinite values"),
    ],
)
def test_what_are_no_numbers_are_named(value, error, words):
    with pytest.raises(error, match=words):
        as_numbers("x", value)


def test_other_axes_and_infinities_are_taken_where_asked_for():
    assert as_numbers("x", [[1], [2]], ndim=2).shape == (2, 1)
    assert np.isinf(as_numbers("x", [np.inf], finite=False)).all()


def test_unequal_lengths_are_named():
    check_same_length(x=np.ones(3), y=np.ones(3))
    with pytest.raises(ValueError, match="rows: x has 3, y has 2; give one each"):
        check_same_length(x=np.ones(3), y=np.ones(2))
