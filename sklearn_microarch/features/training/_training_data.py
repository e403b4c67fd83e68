"""From rows and labels, as given to fit, to what a network is trained on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_consistent_length

from sklearn_microarch._annotation import (
    annotated_rows,
    check_roi_labels,
    code_labels,
    place_labels,
)
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import NoUnannotatedRowsWarning, NoValidationWarning
from sklearn_microarch.features.training._row_dataset import RowDataset
from sklearn_microarch.features.training._split import (
    training_rows,
    unannotated_rows,
)
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._check_rows import check_patch_rows


@dataclass(frozen=True)
class LabelledRows:
    """Checked rows with their classes."""

    X: Patches | NDArray
    classes: NDArray  # (n_classes,), regions, sorted
    codes: NDArray[np.int64]  # (n,), class of each row, -1 where it is not annotated


def label_rows(
    estimator: BaseEstimator,
    X: Any,  # noqa: ANN401 - Patches or array-like
    y: ArrayLike,
    *,
    unannotated: int | str | None,
) -> LabelledRows:
    """Check rows and labels at the door of ``fit``; there are at least two regions."""
    if y is None:
        raise ValueError(
            f"{type(estimator).__name__} requires y to be passed, but the target y is "
            "None: pass the region of each patch."
        )
    rows = check_patch_rows(estimator, X, reset=True)
    _check_channels_first(rows)
    coded = code_labels(y, unannotated=unannotated)
    check_consistent_length(rows, coded.codes)
    if len(coded.regions) < 2:
        raise ValueError(
            f"y holds only one class, {coded.regions.tolist()}, apart from "
            f"unannotated={unannotated!r}; at least two annotated regions are needed "
            "to tell apart."
        )
    codes = np.where(coded.annotated, coded.codes.astype(np.int64), -1)
    _warn_of_many_classes(len(coded.regions), int(coded.annotated.sum()))
    return LabelledRows(rows, coded.regions, codes)


def _check_channels_first(X: Patches | NDArray) -> None:
    # As `SliceImage` has it; its own patches cannot be otherwise.
    if X.ndim == 4 and X.shape[1] > 16 and X.shape[-1] <= 4:
        raise ValueError(
            f"X has shape {X.shape}, which looks like channels last; channels come "
            "first, (n, n_channels, height, width): use np.moveaxis(X, -1, 1)."
        )


def _warn_of_many_classes(n_classes: int, n_rows: int) -> None:
    # As scikit-learn does, in its words; what it checks is labels without a marker for
    # rows that have none.
    if n_rows > 20 and n_classes > round(0.5 * n_rows):
        warn_user(
            "The number of unique classes is greater than 50% of the number of "
            "samples. `y` could represent a regression problem, not a classification "
            f"problem. (y holds {n_classes} regions in {n_rows} annotated rows.)",
            UserWarning,
        )


def check_same_dtype(X: Patches | NDArray, dtype: np.dtype) -> None:
    """Raise when patches are of another dtype than trained on, in any byte order.

    Rows of 2-D input are numbers, and pass.
    """
    if X.ndim > 2 and native(X.dtype) != native(dtype):
        raise TypeError(
            f"X has patches of dtype {X.dtype}, but the network was fitted with "
            f"patches of dtype {dtype}, whose grey levels may have another range; "
            "convert the image to that dtype and range."
        )


def native(dtype: np.dtype) -> np.dtype:
    """Return a dtype with the byte order of this machine."""
    return dtype.newbyteorder("=")


def split_rows(
    estimator: BaseEstimator,
    rows: LabelledRows,
    *,
    max_per_class: int | None,
    validation: str | tuple[Any, ...] | None,
    unannotated: int | str | None,
    seed: int,
) -> tuple[RowDataset, RowDataset | None]:
    """Return the rows to train on, and those to judge by if there are any.

    Where a strip is asked for and none can be set apart, it is said.
    """
    train, valid = training_rows(
        rows.X,
        rows.codes,
        max_per_class=max_per_class,
        spatial=validation == "spatial",
        seed=seed,
    )
    judge = RowDataset(rows.X, valid, rows.codes[valid]) if len(valid) else None
    if isinstance(validation, tuple):
        judge = given_validation(estimator, validation, rows, unannotated=unannotated)
    elif judge is None and validation is not None and isinstance(rows.X, Patches):
        _warn_of_no_strip(len(rows.X))
    return RowDataset(rows.X, train, rows.codes[train]), judge


def given_validation(
    estimator: BaseEstimator,
    pair: tuple[Any, ...],
    trained_on: LabelledRows,
    *,
    unannotated: int | str | None,
) -> RowDataset:
    """Check a pair ``(patches, y)`` that shall judge the training.

    At least one row must be of a region that is trained on; others are left out.
    """
    if len(pair) != 2:
        raise ValueError(
            f"validation is a tuple of {len(pair)}; it must be (patches, y)."
        )
    shape = trained_on.X.shape[1:]
    rows = check_patch_rows(estimator, pair[0], reset=True, patch_shape=shape)
    check_same_dtype(rows, trained_on.X.dtype)
    labels = check_roi_labels(pair[1], name="validation labels")
    check_consistent_length(rows, labels)
    classes = trained_on.classes
    codes = place_labels(labels, classes, name="validation labels")
    known = np.flatnonzero(annotated_rows(labels, unannotated) & (codes < len(classes)))
    if not len(known):
        raise ValueError(
            "validation holds no row of a region that is trained on, "
            f"{classes.tolist()}."
        )
    return RowDataset(rows, known, codes[known].astype(np.int64))


def _warn_of_no_strip(n_rows: int) -> None:
    warn_user(
        f"validation='spatial' sets no strip of the {n_rows} patches apart: a region "
        "would keep less than half of its own. Nothing judges the training, and "
        "validation_score_ is NaN. Sample more patches, or smaller ones, give "
        "validation=(patches, y) of another slice, or set validation=None.",
        NoValidationWarning,
    )


def free_rows(
    rows: LabelledRows,
    judge: RowDataset | None,
    n_training: NDArray[np.intp],
    *,
    seed: int,
) -> NDArray[np.intp]:
    """Return rows without annotation to train on: as many as regions have on average.

    ``judge`` are the rows that judge the training; ``n_training`` (n_classes,) counts
    those of each region. A warning says where there are none.
    """
    judged = None
    if judge is not None and judge.X is rows.X and isinstance(rows.X, Patches):
        judged = rows.X.take(judge.rows)
    n_most = max(1, int(n_training.mean()))
    found = unannotated_rows(rows.X, rows.codes, judged, n_most=n_most, seed=seed)
    if not len(found):
        _warn_of_no_free_rows(int((rows.codes < 0).sum()))
    return found


def _warn_of_no_free_rows(n_unannotated: int) -> None:
    reason = "no row has the label that the parameter unannotated names"
    if n_unannotated:
        reason = (
            f"each of the {n_unannotated} rows without annotation shares pixels with "
            "rows that judge the training"
        )
    warn_user(
        f"use_unannotated=True changes nothing: {reason}. Give fit the rows of "
        "PatchSampler.training_rows, which are also of tissue without annotation, or "
        "leave use_unannotated=False.",
        NoUnannotatedRowsWarning,
    )
