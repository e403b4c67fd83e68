"""Checks of the arguments that describe a phantom."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._numbers import check_integer, check_number

_MIN_HEIGHT = 64
_ASPECTS = (2.0, 8.0)
# Heights beyond this gain nothing: the specimen goes on and on.
_LARGEST_HEIGHT_UM = 1e6


def check_shape(shape: object) -> tuple[int, int]:
    """Return height and width, of an aspect the anatomy can fill."""
    if not isinstance(shape, tuple | list) or len(shape) != 2:
        raise TypeError(f"shape={shape!r} must be a pair (height, width) in pixels.")
    height = check_integer("shape[0]", shape[0], minimum=_MIN_HEIGHT)
    width = check_integer("shape[1]", shape[1], minimum=_MIN_HEIGHT)
    if not _ASPECTS[0] <= width / height <= _ASPECTS[1]:
        raise ValueError(
            f"shape={shape!r} is {width / height:.2g} times as wide as high; the "
            f"anatomy needs {_ASPECTS[0]:g} to {_ASPECTS[1]:g}, best about 4, for "
            f"example ({height}, {4 * height})."
        )
    return height, width


def slice_heights(
    z_um: ArrayLike | None,
    n_slices: int,
    z_step_um: float | None,
    pixel_size_um: float,
) -> NDArray[np.float64]:
    """Return the heights of the slices, as listed or in equal steps.

    Parameters
    ----------
    z_um : array-like of shape (n_slices,) or None, unit: micrometres
    n_slices : int
        Without a list; with one, 1 or its length.
    z_step_um : float or None, unit: micrometres
        Without a list; None for steps of a pixel.
    pixel_size_um : float

    Returns
    -------
    heights : ndarray of shape (n_slices,), unit: micrometres
    """
    if z_um is None:
        step_um = pixel_size_um
        if z_step_um is not None:
            step_um = check_number("z_step_um", z_step_um, low=1e-3, high=1e5)
        return step_um * np.arange(n_slices, dtype=np.float64)
    try:
        heights = np.array(z_um, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(
            f"z_um={z_um!r} must be a list of heights in micrometres."
        ) from None
    if heights.ndim != 1 or not len(heights):
        raise ValueError(
            f"z_um={z_um!r} must be a list of at least one height, for example [0.0]."
        )
    if z_step_um is not None or n_slices not in (1, len(heights)):
        raise ValueError(
            f"z_um lists {len(heights)} heights; leave n_slices={n_slices} and "
            f"z_step_um={z_step_um} at their defaults, or z_um at None."
        )
    wrong = heights[~(np.abs(heights) <= _LARGEST_HEIGHT_UM)]
    if len(wrong):
        raise ValueError(
            f"z_um holds {wrong[0]:g}; heights must lie between "
            f"{-_LARGEST_HEIGHT_UM:g} and {_LARGEST_HEIGHT_UM:g}."
        )
    return heights
