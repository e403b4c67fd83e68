"""One check for rows of patches: their shape, their type, their finiteness."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_array, validate_data

from sklearn_microarch._arguments._arrays import as_array
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
    return X.ndim if hasattr(X, "ndim") else as_array("X", X).ndim


def check_patch_rows(
    estimator: BaseEstimator,
    X: Any,  # noqa: ANN401 - array-like or Patches
    *,
    reset: bool,
    patch_shape: tuple[int, ...] | None = None,
) -> "Patches | NDArray":
    """Return rows of patches as they came, Patches unread but for NaN of float images.

    Rows are Patches or arrays (n, p), (n, h, w) or (n, c, h, w). ``reset`` is True in
    ``fit``, ``patch_shape`` the ``X.shape[1:]`` seen there. For 2-D rows
    `n_features_in_` and feature names are compared on the estimator, which messages
    name; `remember_columns` sets them.
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
    else:
        X = _check_array_rows(estimator, X, reset=reset)
    if patch_shape is not None and X.shape[1:] != patch_shape:
        raise ValueError(
            f"X has patches of shape {X.shape[1:]}, but {name} was fitted with patches "
            f"of shape {patch_shape}. Cut patches of that size; pass a stack of slices "
            "as a list."
        )
    return X


def _check_array_rows(
    estimator: BaseEstimator,
    X: Any,  # noqa: ANN401 - array-like
    *,
    reset: bool,
) -> NDArray:
    # Data frames and sparse arrays stay what they are: scikit-learn has words for them.
    if isinstance(X, list | tuple | np.ndarray) or hasattr(X, "requires_grad"):
        X = as_array("X", X)
    if n_dimensions(X) > 2:
        X = _naming_x(
            check_array,
            X,
            allow_nd=True,
            dtype="numeric",
            input_name="X",
            ensure_all_finite=False,
        )
        check_finite_pixels(X, title="X")
        if 0 in X.shape[1:]:
            raise ValueError(f"X has shape {X.shape}: its patches are empty.")
        if X.ndim > 4:
            raise ValueError(
                f"X has {X.ndim} dimensions; patches are (n, height, width) or "
                "(n, n_channels, height, width)."
            )
        return X
    if reset:
        return _naming_x(
            check_array, X, dtype="numeric", estimator=estimator, input_name="X"
        )
    return _naming_x(partial(validate_data, estimator), X, dtype="numeric", reset=False)


def _naming_x(
    check: Callable[..., NDArray],
    X: Any,  # noqa: ANN401 - array-like
    **options: Any,  # noqa: ANN401 - of the check
) -> NDArray:
    """Check with scikit-learn, whose messages do not always say what is wrong: X."""
    try:
        return check(X, **options)
    except (TypeError, ValueError) as error:
        if "X" in str(error):
            raise
        kind = ValueError if isinstance(error, ValueError) else TypeError
        raise kind(f"X: {error}") from error


def remember_columns(estimator: BaseEstimator, X: Any) -> None:  # noqa: ANN401 - as fit
    """Set `n_features_in_` and feature names of 2-D rows, at the end of ``fit``.

    When nothing can fail any more, so that a failed refit leaves the earlier fit whole.
    """
    if not isinstance(X, Patches) and not is_image_input(X) and n_dimensions(X) == 2:
        validate_data(estimator, X, skip_check_array=True)
    else:
        for name in ("n_features_in_", "feature_names_in_"):
            vars(estimator).pop(name, None)
