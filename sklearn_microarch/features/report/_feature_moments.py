"""Read features and logits once, batch by batch, and keep only sums."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import code_labels
from sklearn_microarch._arguments._arrays import as_array
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
    """Sums over features, and over logits less their mean in each row."""

    rois: NDArray  # (n_regions,), sorted labels
    within: list[Moments]  # of each region: columns of the features, then of the logits
    overall: Moments  # of all rows, also those without a region
    n_zeros: NDArray[np.int64]  # (n_features,), rows in which each feature is zero


def gather_moments(
    features: ArrayLike,
    logits: ArrayLike,
    y: ArrayLike | None,
    *,
    unannotated: int | str | None,
) -> FeatureMoments:
    """Check and read all rows of `feature_report` once.

    Threads change no bit of the result.
    """
    Z = _real_array(features, "features")
    scores = _real_array(logits, "logits")
    _check_shapes(Z, scores)
    rois, codes = _code_regions(y, len(Z), unannotated)
    batches = row_batches(len(Z), rows_per_batch=_ROWS_PER_BATCH)
    n_columns = Z.shape[1] + max(2, scores.shape[1])
    sums = [no_moments(n_columns) for _ in range(len(rois) + 1)]
    n_zeros = np.zeros(Z.shape[1], dtype=np.int64)
    probable = True

    read = partial(_read_batch, Z, scores, codes, len(rois) + 1)
    for moments, zeros, like_probabilities in map_batches(read, batches):
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
    found = as_array(name, values)
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


def _code_regions(
    y: ArrayLike | None, n_rows: int, unannotated: int | str | None
) -> tuple[NDArray, NDArray[np.integer]]:
    """Return the regions, and the number of each row's, ``len(rois)`` for none."""
    if y is None:
        return np.empty(0, dtype=np.int64), np.zeros(n_rows, dtype=np.uint8)
    coded = code_labels(y, unannotated=unannotated)
    if len(coded.codes) != n_rows:
        raise ValueError(
            f"features has {n_rows} rows and y {len(coded.codes)}; give one label each."
        )
    return coded.regions, coded.codes


def _read_batch(
    Z: NDArray,
    scores: NDArray,
    codes: NDArray[np.integer],
    n_groups: int,
    rows: slice,
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
    moments = grouped_moments(np.hstack([features, logits]), codes[rows], n_groups)
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
