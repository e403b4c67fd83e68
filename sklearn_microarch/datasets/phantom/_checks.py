"""Checks of the arguments that describe a phantom."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_integer, check_number, shown
from sklearn_microarch.images._lazy_array import refuse_masked

_MIN_EDGE, _MAX_EDGE = 64, 32_768
_ASPECTS = (2.0, 8.0)
# Heights beyond this gain nothing: the specimen goes on and on.
_LARGEST_HEIGHT_UM = 1e6


def check_shape(shape: object) -> tuple[int, int]:
    """Return height and width, of an aspect the anatomy can fill."""
    if not isinstance(shape, tuple | list) or len(shape) != 2:
        raise TypeError(
            f"shape={shown(shape)} must be a pair (height, width) in pixels."
        )
    height = check_integer("shape[0]", shape[0], minimum=_MIN_EDGE, maximum=_MAX_EDGE)
    width = check_integer("shape[1]", shape[1], minimum=_MIN_EDGE, maximum=_MAX_EDGE)
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
    """Return the heights of the slices in micrometres, as listed or in equal steps."""
    if z_um is None:
        step_um = pixel_size_um
        if z_step_um is not None:
            step_um = check_number("z_step_um", z_step_um, low=1e-3, high=1e5)
        return step_um * np.arange(n_slices, dtype=np.float64)
    heights = _as_numbers(z_um)
    if heights.ndim != 1 or not len(heights):
        raise ValueError(
            f"z_um={shown(z_um)} must be a list of at least one height, such as [0.0]."
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


def _as_numbers(z_um: ArrayLike) -> NDArray[np.float64]:
    refuse_masked(z_um, name="z_um")
    try:
        heights = np.asarray(z_um)
    # Lists of unequal length, and torch tensors that require grad.
    except (TypeError, ValueError, RuntimeError):
        heights = np.empty(0, dtype=object)
    if heights.dtype.kind not in "iuf":
        raise TypeError(f"z_um={shown(z_um)} must be a list of heights in micrometres.")
    return heights.astype(np.float64)
