"""From rows and labels, as given to fit, to what a network is trained on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_consistent_length

from sklearn_microarch._annotation import annotated_rows, check_roi_labels
from sklearn_microarch.features.training._training import RowDataset
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._check_rows import check_patch_rows


@dataclass(frozen=True)
class LabelledRows:
    """Checked rows with their classes.

    Parameters
    ----------
    X : Patches or ndarray
    classes : ndarray of shape (n_classes,)
        Regions, sorted.
    codes : ndarray of shape (n,), dtype int64
        Class of each row, -1 where it is not annotated.
    """

    X: Patches | NDArray
    classes: NDArray
    codes: NDArray[np.int64]


def label_rows(
    estimator: BaseEstimator,
    X: Any,  # noqa: ANN401 - Patches or array-like
    y: ArrayLike,
    *,
    unannotated: int | str | None,
) -> LabelledRows:
    """Check rows and labels at the door of ``fit``.

    Raises
    ------
    TypeError
        If ``X`` is an image, or label types are mixed.
    ValueError
        If rows or labels are not valid, their numbers differ, or fewer than two
        regions are annotated.
    """
    if y is None:
        raise ValueError(
            f"{type(estimator).__name__} requires y to be passed, but the target y is "
            "None: pass the region of each patch."
        )
    rows = check_patch_rows(estimator, X, reset=True)
    labels = check_roi_labels(y)
    check_consistent_length(rows, labels)
    annotated = annotated_rows(labels, unannotated)
    classes, codes = np.unique(labels[annotated], return_inverse=True)
    if len(classes) < 2:
        found = f"only one class, {classes.tolist()}" if len(classes) else "no region"
        raise ValueError(
            f"y holds {found}, apart from unannotated={unannotated!r}; at least two "
            "annotated regions are needed to tell apart."
        )
    encoded = np.full(len(labels), -1, dtype=np.int64)
    encoded[annotated] = codes
    return LabelledRows(rows, classes, encoded)


def check_same_dtype(X: Patches | NDArray, dtype: np.dtype) -> None:
    """Raise when patches are of another dtype than those trained on.

    Raises
    ------
    TypeError
        Names both dtypes. Rows of 2-D input are numbers, and pass.
    """
    if X.ndim > 2 and X.dtype != dtype:
        raise TypeError(
            f"X has patches of dtype {X.dtype}, but the network was fitted with "
            f"patches of dtype {dtype}, whose grey levels may have another range; "
            "convert the image to that dtype and range."
        )


def given_validation(
    estimator: BaseEstimator,
    pair: tuple[Any, ...],
    trained_on: LabelledRows,
    *,
    unannotated: int | str | None,
) -> RowDataset:
    """Check a pair ``(patches, y)`` that shall judge the training.

    Raises
    ------
    TypeError, ValueError
        As for training rows; and if no row is of a region that is trained on.
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
    known = np.flatnonzero(
        annotated_rows(labels, unannotated) & np.isin(labels, classes)
    )
    if not len(known):
        raise ValueError(
            "validation holds no row of a region that is trained on, "
            f"{classes.tolist()}."
        )
    codes = np.searchsorted(classes, labels[known]).astype(np.int64)
    return RowDataset(rows, known, codes)
