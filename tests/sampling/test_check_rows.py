"""Tests of sklearn_microarch.sampling._check_rows."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse
from sklearn.base import BaseEstimator

from sklearn_microarch.exceptions import NonFiniteImageError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._check_rows import (
    check_patch_rows,
    is_image_input,
    remember_columns,
)


class Door(BaseEstimator):
    """An estimator to be named in messages."""


@pytest.mark.parametrize(
    "X, image",
    [
        (SliceImage(np.zeros((7, 9))), True),
        ([SliceImage(np.zeros((7, 9)))], True),
        ([np.zeros((7, 9)), np.zeros((5, 8))], True),
        ((SliceImage(np.zeros((7, 9))), np.zeros((5, 8))), True),
        ([], False),
        ([[1, 2], [3, 4]], False),
        ([np.zeros(3)], False),
        (np.zeros((7, 9)), False),
    ],
)
def test_images_are_told_by_their_type(X, image):
    assert is_image_input(X) == image


@pytest.mark.parametrize("shape", [(7, 4), (7, 4, 4), (7, 2, 4, 4)])
def test_rows_of_any_shape_pass(rng, shape):
    X = rng.normal(size=shape)
    np.testing.assert_array_equal(check_patch_rows(Door(), X, reset=True), X)


def test_patches_pass_as_they_are(image):
    patches = Patches(image, [[20, 20]], 8)
    assert check_patch_rows(Door(), patches, reset=True) is patches


@pytest.mark.parametrize(
    "X",
    [
        None,
        5,
        "rows",
        [],
        [[1.0], [1.0, 2.0]],
        np.ones(4),
        np.array([["a"]]),
        np.full((3, 2), np.nan),
        np.full((3, 2, 2), np.inf),
        np.full((3, 2), 1j),
        np.full((3, 2, 2), 1j),
        np.ones((0, 2, 2)),
        np.ones((2, 0, 2)),
        np.ones((1, 1, 1, 1, 1)),
        sparse.csr_array(np.eye(3)),
        torch.ones((3, 2), requires_grad=True),
        [torch.ones(2, requires_grad=True)],
        np.ma.masked_array(np.ones((3, 2)), [[True, False]] * 3),
        np.ma.masked_array(np.full((3, 2, 2), np.nan), True),
        SliceImage(np.zeros((7, 9))),
    ],
    ids=lambda X: type(X).__name__,
)
def test_what_is_no_rows_is_a_typed_error_that_names_x(X):
    with pytest.raises((TypeError, ValueError), match=r"X|takes rows of patches"):
        check_patch_rows(Door(), X, reset=True)


def test_nan_in_the_image_of_patches_is_found(image):
    data = image.data.astype(float)
    data[3, 4] = np.nan
    patches = Patches(image.replace(data=data), [[20, 20]], 8)
    with pytest.raises(NonFiniteImageError, match="X: image 'slice'"):
        check_patch_rows(Door(), patches, reset=True)


def test_another_shape_than_in_fit_is_named():
    with pytest.raises(ValueError, match=r"shape \(5, 5\), but Door was fitted .*\(4"):
        check_patch_rows(Door(), np.ones((3, 5, 5)), reset=False, patch_shape=(4, 4))


def test_columns_are_remembered_of_tables_only():
    door = Door()
    remember_columns(door, pd.DataFrame(np.ones((3, 2)), columns=["a", "b"]))
    assert door.n_features_in_ == 2
    assert door.feature_names_in_.tolist() == ["a", "b"]
    remember_columns(door, np.ones((3, 4, 4)))
    assert not hasattr(door, "n_features_in_")
    assert not hasattr(door, "feature_names_in_")
