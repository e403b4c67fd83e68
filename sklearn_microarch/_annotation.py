"""What counts as an annotated row: one rule for every estimator and score."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def check_roi_labels(y: ArrayLike, *, name: str = "y") -> NDArray:
    """Return ROI labels as a 1-D array of integers or of strings.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels: all integers (or booleans), all strings, or floats that hold
        whole numbers.
    name : str, default="y"
        Argument named in error messages.

    Returns
    -------
    labels : ndarray of shape (n_samples,)

    Raises
    ------
    TypeError
        If integers and strings are mixed.
    """
    labels = np.asarray(y)
    if labels.dtype == object:
        kinds = {type(value) for value in labels.ravel().tolist()}
        if str in kinds and len(kinds) > 1:
            found = ", ".join(sorted(kind.__name__ for kind in kinds))
            raise TypeError(
                f"{name} mixes label types ({found}); ROI labels are either all "
                "integers or all strings. Convert them to one type first."
            )
        labels = np.array(labels.tolist())
    elif isinstance(y, list | tuple) and labels.dtype.kind in "US":
        if not all(isinstance(value, str) for value in y):
            raise TypeError(
                f"{name} mixes strings with other types; ROI labels are either all "
                "integers or all strings. Convert them to one type first."
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
    if unannotated is None:
        return np.ones(len(labels), dtype=bool)
    if labels.dtype.kind in "US":
        marker = "" if unannotated == -1 else unannotated
        if not isinstance(marker, str):
            return np.ones(len(labels), dtype=bool)
        return labels != marker
    if isinstance(unannotated, str):
        return np.ones(len(labels), dtype=bool)
    return labels != unannotated
