"""Which pixels may be the centre of a patch."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._numbers import check_integer


def box_count(mask: NDArray[np.bool_], before: int, size: int) -> NDArray[np.int32]:
    """Count the True pixels in a square window about every pixel.

    Parameters
    ----------
    mask : ndarray of shape (height, width), dtype bool
    before : int, unit: pixels
        The window of pixel ``(r, c)`` starts at ``(r - before, c - before)``.
    size : int, unit: pixels
        Edge length of the window. What lies outside the mask counts as False.

    Returns
    -------
    counts : ndarray of shape (height, width), dtype int32
    """
    counts = mask.astype(np.int32)
    for axis in (0, 1):
        length = counts.shape[axis]
        zero = np.zeros_like(np.take(counts, [0], axis=axis))
        # Sum of the first i entries, for i = 0 .. length.
        sums = np.concatenate([zero, np.cumsum(counts, axis=axis)], axis=axis)
        start = np.clip(np.arange(length) - before, 0, length)
        stop = np.clip(np.arange(length) - before + size, 0, length)
        counts = np.take(sums, stop, axis=axis) - np.take(sums, start, axis=axis)
    return counts.astype(np.int32, copy=False)


def keep_whole_patches(
    centres: NDArray[np.bool_], size: int, border: str
) -> NDArray[np.bool_]:
    """Drop the centres whose patch reaches over the border, if such is the rule.

    Parameters
    ----------
    centres : ndarray of shape (height, width), dtype bool
    size : int, unit: pixels
    border : {"drop", "constant", "reflect"}

    Returns
    -------
    kept : ndarray of shape (height, width), dtype bool
    """
    if border != "drop":
        return centres
    first = size // 2
    inner = tuple(
        slice(first, max(first, length - size + first + 1)) for length in centres.shape
    )
    kept = np.zeros_like(centres)
    kept[inner] = centres[inner]
    return kept


def check_stride(stride: object, *, name: str = "stride") -> int:
    """Return the distance of neighbouring centres in pixels, an int of at least 1."""
    return check_integer(name, stride, minimum=1, unit="pixels")


def grid_centres(
    where: NDArray[np.bool_], step: int, size: int, border: str
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows and columns of a grid of patch centres, in raster order.

    Parameters
    ----------
    where : ndarray of shape (height, width), dtype bool
        Where patches are wanted.
    step : int, unit: pixels
        Centres lie at multiples of it, counted from the first pixel.
    size : int, unit: pixels
    border : {"drop", "constant", "reflect"}

    Returns
    -------
    rows, cols : ndarray of shape (n,), dtype int
    """
    grid = np.zeros_like(where)
    grid[::step, ::step] = where[::step, ::step]
    rows, cols = np.nonzero(keep_whole_patches(grid, size, border))
    return rows, cols


def candidate_centres(
    inside: NDArray[np.bool_],
    *,
    patch_size: int,
    purity_window: float,
    min_purity: float,
    border: str,
) -> NDArray[np.bool_]:
    """Return where a patch of one region may be centred.

    Parameters
    ----------
    inside : ndarray of shape (height, width), dtype bool
        The region.
    patch_size : int, unit: pixels
    purity_window : float in (0, 1]
        Edge length of the central window, as a share of the patch's.
    min_purity : float in [0, 1]
        Share of the window that must lie in the region.
    border : {"drop", "constant", "reflect"}
        "drop" leaves out patches that reach over the image's border.

    Returns
    -------
    candidates : ndarray of shape (height, width), dtype bool
        True where the centre lies in the region and the window is pure enough.
    """
    window = max(1, round(patch_size * purity_window))
    before = patch_size // 2 - (patch_size - window) // 2
    needed = np.ceil(min_purity * window**2 - 1e-9)
    candidates = inside & (box_count(inside, before, window) >= needed)
    return keep_whole_patches(candidates, patch_size, border)
