"""One check for rows of patches: their shape, their type, their finiteness."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_array, validate_data

from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._finite_pixels import (
    check_finite_image,
    check_finite_pixels,
)
from sklearn_microarch.sampling._patches import Patches


def is_image_input(X: Any) -> bool:  # noqa: ANN401 - any input of an estimator
    """Return whether X is always read as images: a slice, or a list of slices."""
    if isinstance(X, SliceImage):
        return True
    return (
        isinstance(X, list | tuple)
        and len(X) > 0
        and all(
            isinstance(item, SliceImage)
            or (isinstance(item, np.ndarray) and item.ndim == 2)
            for item in X
        )
    )


def n_dimensions(X: Any) -> int:  # noqa: ANN401 - any input of an estimator
    """Return the number of axes, asking no more of X than that it can be an array."""
    return X.ndim if hasattr(X, "ndim") else np.asarray(X).ndim


def check_patch_rows(
    estimator: BaseEstimator,
    X: Any,  # noqa: ANN401 - array-like or Patches
    *,
    reset: bool,
    patch_shape: tuple[int, ...] | None = None,
) -> "Patches | NDArray":
    """Check rows of patches at an estimator's door.

    Parameters
    ----------
    estimator : estimator
        Named in messages; for 2-D rows, `n_features_in_` and feature names are
        set or compared on it.
    X : Patches, or array-like of shape (n, p), (n, h, w) or (n, c, h, w)
        One patch per row, or p numbers per row.
    reset : bool
        True in ``fit``.
    patch_shape : tuple of int or None, default=None
        ``X.shape[1:]`` seen in ``fit``; None checks no shape.

    Returns
    -------
    X : Patches or ndarray
        The Patches as they came, unread but for a check of float images.

    Raises
    ------
    TypeError
        If X is an image, where rows are needed.
    ValueError
        If X is empty, not finite, of other dimensions or another patch shape.
    """
    name = type(estimator).__name__
    if is_image_input(X):
        raise TypeError(
            f"{name} takes rows of patches, not images. Cut an image into patches "
            "first: PatchSampler.transform(image), or PatchSampler.sample(image, rois)."
        )
    if isinstance(X, Patches):
        if len(X) == 0:
            raise ValueError(f"Found X with 0 sample(s), but {name} needs at least 1.")
        for image in X.used_images:
            check_finite_image(image, name="X: image")
    elif n_dimensions(X) > 2:
        X = check_array(
            X, allow_nd=True, dtype="numeric", input_name="X", ensure_all_finite=False
        )
        check_finite_pixels(X, title="X")
        if 0 in X.shape[1:]:
            raise ValueError(f"X has shape {X.shape}: its patches are empty.")
        if X.ndim > 4:
            raise ValueError(
                f"X has {X.ndim} dimensions; patches are (n, height, width) or "
                "(n, n_channels, height, width)."
            )
    else:
        X = (
            check_array(X, dtype="numeric", estimator=estimator, input_name="X")
            if reset
            else validate_data(estimator, X, dtype="numeric", reset=False)
        )
    if patch_shape is not None and X.shape[1:] != patch_shape:
        raise ValueError(
            f"X has patches of shape {X.shape[1:]}, but {name} was fitted with patches "
            f"of shape {patch_shape}. Cut patches of that size; pass a stack of slices "
            "as a list."
        )
    return X


def remember_columns(estimator: BaseEstimator, X: Any) -> None:  # noqa: ANN401 - as fit
    """Set `n_features_in_` and feature names of 2-D rows, at the end of ``fit``.

    Parameters
    ----------
    estimator : estimator
        Being fitted; set only when nothing can fail any more, so that a failed
        refit leaves the earlier fit whole.
    X : Patches or array-like
        As given to ``fit``; only 2-D rows have columns.
    """
    if not isinstance(X, Patches) and not is_image_input(X) and n_dimensions(X) == 2:
        validate_data(estimator, X, skip_check_array=True)
    else:
        for name in ("n_features_in_", "feature_names_in_"):
            vars(estimator).pop(name, None)
