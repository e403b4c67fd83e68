"""Which patches share pixels, and a part of the patches that shares none."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.sampling._purity import box_count
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
        True for patches that overlap one of the others.

    Raises
    ------
    ValueError
        If the two do not refer to the same images.
    """
    if [im.shape for im in patches.images] != [im.shape for im in others.images]:
        raise ValueError(
            "others is of other images than patches; cut both from the same images."
        )
    # Square patches with one rule for their centre overlap when their centres are
    # nearer than the mean of their sizes, here: any offset of `reach` or less.
    first, second = patches.patch_size, others.patch_size
    before = second - second // 2 + first // 2 - 1
    span = first + second - 1
    shared = np.zeros(len(patches), dtype=bool)
    for index, image in enumerate(patches.images):
        here = patches.positions[:, 0] == index
        there = others.positions[others.positions[:, 0] == index]
        if not here.any() or not len(there):
            continue
        centres = np.zeros(image.shape, dtype=bool)
        centres[there[:, 1], there[:, 2]] = True
        near = box_count(centres, before, span) > 0
        shared[here] = near[patches.positions[here, 1], patches.positions[here, 2]]
    return shared


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
