"""What counts as an annotated row: one rule for every estimator and score."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import assert_all_finite, column_or_1d


def check_roi_labels(y: ArrayLike, *, name: str = "y") -> NDArray:
    """Return ROI labels as a 1-D array of integers, booleans or strings.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels: all integers, all booleans, all strings, or floats that hold
        whole numbers. A column of shape (n_samples, 1) is flattened, with a
        `DataConversionWarning`.
    name : str, default="y"
        Argument named in error messages.

    Returns
    -------
    labels : ndarray of shape (n_samples,)
        Whole floats become int64.

    Raises
    ------
    TypeError
        If label types are mixed, or are neither numbers nor strings.
    ValueError
        If ``y`` is not 1-D, or holds a NaN, an infinity or a fraction.
    """
    labels = np.asarray(y)
    if isinstance(y, list | tuple) and labels.dtype.kind == "U":
        # NumPy has turned numbers among strings into strings; look at the originals.
        labels = np.asarray(y, dtype=object)
    labels = column_or_1d(labels, warn=True)
    if labels.dtype == object:
        labels = _of_one_type(labels, name)
    if labels.dtype.kind == "f":
        return _whole_numbers(labels, name)
    if labels.dtype.kind not in "biuU":
        raise TypeError(
            f"{name} has dtype {labels.dtype}; ROI labels are integers or strings."
        )
    return labels


def annotated_rows(labels: NDArray, unannotated: int | str | None) -> NDArray[np.bool_]:
    """Return which rows carry a region label.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,)
        ROI labels, integers or strings.
    unannotated : int, str or None
        The label of unannotated rows. None: no label is special. A label of
        the other kind (a number among strings) marks no row, but -1 also
        stands for "" among strings, so that one setting serves both.

    Returns
    -------
    annotated : ndarray of shape (n_samples,), dtype bool
    """
    named = labels.dtype.kind == "U"
    marker = "" if named and unannotated == -1 else unannotated
    if marker is None or isinstance(marker, str) != named:
        return np.ones(len(labels), dtype=bool)
    return labels != marker


def _of_one_type(labels: NDArray, name: str) -> NDArray:
    """Return an array of objects as one of their common type."""
    values = labels.tolist()
    kinds = {type(value) for value in values}
    if str in kinds and len(kinds) > 1:
        found = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise TypeError(
            f"{name} mixes label types ({found}); ROI labels are either all "
            "integers or all strings. Convert them to one type first."
        )
    return np.array(values)


def _whole_numbers(labels: NDArray, name: str) -> NDArray[np.int64]:
    """Return floats as integers, which they must be."""
    assert_all_finite(labels, input_name=name)
    whole = labels.astype(np.int64)
    if (whole != labels).any():
        first = labels[whole != labels][0]
        raise ValueError(
            f"Unknown label type: {name} holds {first}, which is no whole number; "
            "ROI labels are integers or strings."
        )
    return whole
