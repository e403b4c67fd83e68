"""Rows as a network takes them: those of slices normalized, others as they are."""

from numpy.typing import NDArray

from sklearn_microarch.features.normalization._learn_normalizer import learn_normalizer
from sklearn_microarch.features.normalization._normalized_patches import (
    NormalizedPatches,
)
from sklearn_microarch.features.normalization._slice_normalizer import SliceNormalizer
from sklearn_microarch.features.training._row_dataset import RowDataset
from sklearn_microarch.sampling import Patches


def normalize_rows(
    X: Patches | NDArray, normalizer: SliceNormalizer | None
) -> Patches | NDArray:
    """Return rows under the exposure of the fit, as plain arrays are taken to be."""
    if normalizer is None or not isinstance(X, Patches):
        return X
    return NormalizedPatches.of(X, normalizer)


def learn_from_rows(train: RowDataset) -> SliceNormalizer | None:
    """Learn from the slices of training rows; None of plain arrays and tiny slices."""
    if not isinstance(train.X, Patches):
        return None
    return learn_normalizer(train.X, train.rows, train.codes)


def normalize_dataset(
    rows: RowDataset, normalizer: SliceNormalizer | None
) -> RowDataset:
    """Return labelled rows under the exposure of the fit."""
    return RowDataset(normalize_rows(rows.X, normalizer), rows.rows, rows.codes)
