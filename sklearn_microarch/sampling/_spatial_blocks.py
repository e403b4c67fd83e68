"""Which patches share pixels, and a part of the patches that shares none."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.sampling._roi_report import count_apart
from sklearn_microarch.sampling._strips import spatial_strips


def shares_pixels(patches: Patches, others: Patches) -> NDArray[np.bool_]:
    """Return which patches share at least one pixel with any of the others.

    Parameters
    ----------
    patches, others : Patches
        Of the same images, in the same order.

    Returns
    -------
    shared : ndarray of shape (len(patches),), dtype bool
        With ``border="reflect"``, mirrored pixels count as the pixels they are.

    Raises
    ------
    ValueError
        If the two do not refer to the same images.
    """
    _check_same_images(patches, others)
    shared = np.zeros(len(patches), dtype=bool)
    for index, image in enumerate(patches.images):
        here = np.flatnonzero(patches.positions[:, 0] == index)
        there = np.flatnonzero(others.positions[:, 0] == index)
        if not len(here) or not len(there):
            continue
        # A corner of +1 where a rectangle begins, -1 where it ends: summed along
        # both axes, the number of rectangles over each pixel.
        corners = np.zeros((image.shape[0] + 1, image.shape[1] + 1), dtype=np.int32)
        top, bottom, left, right = _covered(others, there, image.shape)
        for rows, cols, sign in (
            (top, left, 1),
            (top, right, -1),
            (bottom, left, -1),
            (bottom, right, 1),
        ):
            np.add.at(corners, (rows, cols), sign)
        taken = corners.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0
        sums = np.pad(
            taken.cumsum(axis=0, dtype=np.int32).cumsum(axis=1), ((1, 0), (1, 0))
        )
        top, bottom, left, right = _covered(patches, here, image.shape)
        inside = sums[bottom, right] - sums[top, right]
        shared[here] = inside - sums[bottom, left] + sums[top, left] > 0
    return shared


def _check_same_images(patches: Patches, others: Patches) -> None:
    both = np.intersect1d(patches.positions[:, 0], others.positions[:, 0])
    same = len(patches.images) == len(others.images) and all(
        first is second
        or first.data is second.data
        or np.array_equal(first.data, second.data)
        for first, second in (
            (patches.images[index], others.images[index]) for index in both
        )
    )
    if not same:
        raise ValueError(
            "others is of other images than patches; cut both from the same images."
        )


def _covered(
    patches: Patches, rows: NDArray[np.intp], shape: tuple[int, int]
) -> list[NDArray[np.int64]]:
    """Return top, bottom, left and right of the pixels some patches show."""
    bounds = []
    for axis in (0, 1):
        length, size = shape[axis], patches.patch_size
        start = patches.positions[rows, axis + 1].astype(np.int64) - size // 2
        stop = start + size
        first, last = np.maximum(start, 0), np.minimum(stop, length)
        if patches.border == "reflect":
            # What lies beyond one border shows the pixels just inside it.
            first = np.where(
                stop > length, np.minimum(first, 2 * length - 1 - stop), first
            )
            last = np.where(start < 0, np.maximum(last, 1 - start), last)
        bounds += [np.clip(first, 0, length), np.clip(last, 0, length)]
    return bounds


def count_independent(patches: Patches) -> int:
    """Count patches that share no pixel with each other.

    Overlapping patches show the same tissue: two thousand of them can be worth
    four.

    Parameters
    ----------
    patches : Patches
        Any number, of any images.

    Returns
    -------
    n_independent : int
        Size of a set chosen greedily, row by row from the top left; a lower
        bound of the largest such set.
    """
    total = 0
    for index, image in enumerate(patches.images):
        here = patches.positions[patches.positions[:, 0] == index]
        centres = np.zeros(image.shape, dtype=bool)
        centres[here[:, 1], here[:, 2]] = True
        total += count_apart(centres, patches.patch_size)
    return total


def block_holdout(
    patches: Patches,
    labels: NDArray,
    *,
    share: float,
    min_kept: float = 0.5,
    axis: str | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Hold out a strip of every region, and drop what shares pixels with it.

    Parameters
    ----------
    patches : Patches
        Of one or several images.
    labels : ndarray of shape (n,)
        Region of each row.
    share : float in (0, 1)
        Share of each region's rows to hold out.
    min_kept : float in [0, 1], default=0.5
        Share of its rows that every region must keep for training; else nothing
        is held out.
    axis : {"rows", "columns"} or None, default=None
        As in `spatial_strips`.

    Returns
    -------
    train, held_out : ndarray of int
        Row indices. No training patch shares a pixel with a held-out patch.
    """
    n_strips = max(2, round(1 / share))
    strips = spatial_strips(patches, labels, n_strips, axis=axis)
    regions, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    best, most_kept = np.zeros(len(patches), dtype=bool), -np.inf
    for strip in range(n_strips):
        held_out = strips == strip
        kept = ~held_out & ~shares_pixels(patches, patches.take(held_out))
        kept_share = np.bincount(codes[kept], minlength=len(regions)) / counts
        if kept_share.min() > most_kept:
            best, most_kept, train = held_out, kept_share.min(), kept
    if most_kept < min_kept:
        return np.arange(len(patches)), np.empty(0, dtype=np.intp)
    return np.flatnonzero(train), np.flatnonzero(best)
