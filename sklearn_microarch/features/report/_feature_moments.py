"""Read features and logits once, block by block, and keep only sums."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import annotated_rows, check_roi_labels
from sklearn_microarch._row_batches import map_batches, row_batches
from sklearn_microarch.features.report._explained_variance import ROWS_PER_LOGIT
from sklearn_microarch.features.report._moments import (
    Moments,
    grouped_moments,
    no_moments,
)

_ROWS_PER_BATCH = 8192

# The square of a larger number might overflow in a sum.
_LARGEST = 1e140


@dataclass(frozen=True, eq=False)
class FeatureMoments:
    """Sums over features, and over logits less their mean in each row.

    Parameters
    ----------
    rois : ndarray of shape (n_regions,)
        Sorted labels of the regions.
    within : list of Moments
        Of the rows of each region: columns of the features, then of the logits.
    overall : Moments
        Of all rows, also those without a region.
    n_zeros : ndarray of shape (n_features,), dtype int
        Rows in which each feature is zero.
    """

    rois: NDArray
    within: list[Moments]
    overall: Moments
    n_zeros: NDArray[np.int64]


def gather_moments(
    features: ArrayLike,
    logits: ArrayLike,
    y: ArrayLike | None,
    *,
    unannotated: int | str | None,
) -> FeatureMoments:
    """Check and read all rows once; threads change no bit of the result.

    Parameters
    ----------
    features, logits, y, unannotated
        As for `feature_report`.

    Returns
    -------
    moments : FeatureMoments

    Raises
    ------
    TypeError
        If features or logits are not real numbers, or labels mix types.
    ValueError
        If shapes do not fit, a value is not finite, no row is annotated, or the
        logits are probabilities.
    """
    Z = _real_array(features, "features")
    scores = _real_array(logits, "logits")
    _check_shapes(Z, scores)
    labels = None if y is None else check_roi_labels(y)
    blocks = row_batches(len(Z), rows_per_batch=_ROWS_PER_BATCH)
    if labels is None:
        rois = np.empty(0, dtype=np.int64)
    else:
        rois = _find_rois(labels, len(Z), blocks, unannotated)
    n_columns = Z.shape[1] + max(2, scores.shape[1])
    sums = [no_moments(n_columns) for _ in range(len(rois) + 1)]
    n_zeros = np.zeros(Z.shape[1], dtype=np.int64)
    probable = True

    read = partial(_read_block, Z, scores, labels, rois)
    for moments, zeros, like_probabilities in map_batches(read, blocks):
        sums = [one + other for one, other in zip(sums, moments, strict=True)]
        n_zeros += zeros
        probable &= like_probabilities
    if probable:
        raise ValueError(
            "logits holds probabilities: no value is negative and each row adds up to "
            "1; pass their logarithm."
        )
    overall = sum(sums[:-1], start=sums[-1])
    return FeatureMoments(rois, sums[:-1], overall, n_zeros)


def _real_array(values: ArrayLike, name: str) -> NDArray:
    # Without a copy, so that a memory map stays one.
    found = np.asarray(values)
    if found.dtype.kind not in "biuf":
        raise TypeError(f"{name} has dtype {found.dtype}; it must hold real numbers.")
    # The logits of two regions may be given as one number for each row.
    return found[:, np.newaxis] if found.ndim == 1 and name == "logits" else found


def _check_shapes(Z: NDArray, scores: NDArray) -> None:
    if Z.ndim != 2 or not Z.shape[1]:
        raise ValueError(f"features has shape {Z.shape}; it must be (n, n_features).")
    if scores.ndim != 2 or not scores.shape[1]:
        raise ValueError(
            f"logits has shape {scores.shape}; it must be (n, n_regions), or (n,) for "
            "two regions."
        )
    if len(Z) != len(scores):
        raise ValueError(
            f"features has {len(Z)} rows and logits {len(scores)}; they must come from "
            "the same patches."
        )
    least = ROWS_PER_LOGIT * max(2, scores.shape[1])
    if len(Z) < least:
        raise ValueError(
            f"features has {len(Z)} rows; at least {least}, {ROWS_PER_LOGIT} for each "
            "logit, are needed."
        )


def _find_rois(
    labels: NDArray, n_rows: int, blocks: list[slice], unannotated: int | str | None
) -> NDArray:
    if len(labels) != n_rows:
        raise ValueError(
            f"features has {n_rows} rows and y {len(labels)}; give one label each."
        )
    found = np.unique(np.concatenate([np.unique(labels[rows]) for rows in blocks]))
    rois = found[annotated_rows(found, unannotated)]
    if not len(rois):
        raise ValueError(
            f"y holds only the unannotated label {unannotated!r}; at least one "
            "annotated row is needed, or y=None."
        )
    return rois


def _read_block(
    Z: NDArray, scores: NDArray, labels: NDArray | None, rois: NDArray, rows: slice
) -> tuple[list[Moments], NDArray[np.int64], bool]:
    """Return the moments of each region and of other rows, and what is counted."""
    features = Z[rows].astype(np.float64)
    logits = scores[rows].astype(np.float64)
    _check_finite(features, "features", rows.start)
    _check_finite(logits, "logits", rows.start)
    like_probabilities = bool(
        logits.min() >= 0 and np.abs(logits.sum(axis=1) - 1).max() < 1e-3
    )
    if logits.shape[1] == 1:
        logits = np.hstack([np.zeros_like(logits), logits])
    # Softmax takes no notice of what all logits of a row have in common.
    logits -= logits.mean(axis=1, keepdims=True)
    codes = np.full(len(features), len(rois))
    if labels is not None:
        places = np.searchsorted(rois, labels[rows]).clip(max=len(rois) - 1)
        codes = np.where(rois[places] == labels[rows], places, codes)
    moments = grouped_moments(np.hstack([features, logits]), codes, len(rois) + 1)
    return moments, (features == 0).sum(axis=0), like_probabilities


def _check_finite(values: NDArray[np.float64], name: str, start: int) -> None:
    # Not the other way round: a comparison with NaN is never true.
    if -_LARGEST <= values.min() and values.max() <= _LARGEST:
        return
    row, column = np.argwhere(~(np.abs(values) <= _LARGEST))[0]
    remedy = (
        "; the logarithm of a probability of 0 is one: clip probabilities from below, "
        "for example at 1e-30"
        if name == "logits"
        else ""
    )
    raise ValueError(
        f"{name} holds {values[row, column]} in row {start + row}, column {column}, "
        f"where a finite number below {_LARGEST:.0e} is needed{remedy}."
    )
