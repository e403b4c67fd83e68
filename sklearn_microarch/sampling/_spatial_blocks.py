"""Which patches share pixels, and a part of the patches that shares none."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.sampling._rectangles import (
    common_shape,
    covered,
    grown,
    shown_rectangles,
    touches,
)
from sklearn_microarch.sampling._roi_report import count_apart
from sklearn_microarch.sampling._separation import Separation, separation_of
from sklearn_microarch.sampling._strips import spatial_strips


def shares_pixels(
    patches: Patches, others: Patches, *, separation: Separation | None = None
) -> NDArray[np.bool_]:
    """Return which patches share at least one pixel with any of the others.

    Parameters
    ----------
    patches, others : Patches
        Of the same images, in the same order.
    separation : Separation or None, default=None
        Patches that are not separate count as sharing: those with fewer than
        ``buffer`` pixels between them, also across near slices. None: those that
        share a pixel of one slice.

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
    if separation is None:
        separation = Separation(0, np.eye(len(patches.images), dtype=bool))
    shape = common_shape(patches)
    shown = shown_rectangles(patches)
    taken = grown(shown_rectangles(others), separation.buffer, shape)
    shared = np.zeros(len(patches), dtype=bool)
    for index in np.unique(patches.positions[:, 0]):
        here = patches.positions[:, 0] == index
        there = separation.near[index, others.positions[:, 0]]
        if there.any():
            shared[here] = touches(shown[:, here], covered(taken[:, there], shape))
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


def count_independent(patches: Patches, *, separation: Separation | None = None) -> int:
    """Count patches that share no pixel with each other.

    Overlapping patches show the same tissue: two thousand of them can be worth
    four.

    Parameters
    ----------
    patches : Patches
        Any number, of any images.
    separation : Separation or None, default=None
        What counts as separate. Near slices are laid on top of each other, and
        count as one. None: patches that share no pixel of one slice.

    Returns
    -------
    n_independent : int
        Size of a set chosen greedily, row by row from the top left; a lower
        bound of the largest such set.
    """
    if separation is None:
        separation = Separation(0, np.eye(len(patches.images), dtype=bool))
    stacks = separation.stacks[patches.positions[:, 0]]
    total = 0
    for stack in np.unique(stacks):
        here = patches.positions[stacks == stack]
        centres = np.zeros(common_shape(patches), dtype=bool)
        centres[here[:, 1], here[:, 2]] = True
        total += count_apart(centres, patches.patch_size + separation.buffer)
    return total


def block_holdout(
    patches: Patches,
    labels: NDArray,
    *,
    share: float,
    min_kept: float = 0.5,
    axis: str | None = None,
    separation: Separation | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Hold out a strip of every region, and drop what is not separate from it.

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
    separation : Separation or None, default=None
        What counts as separate. None: ``separation_of(patches)``, in which all
        slices of one specimen are near each other.

    Returns
    -------
    train, held_out : ndarray of int
        Row indices. No training patch shares a pixel with a held-out patch, nor
        lies at its place in a near slice.
    """
    if separation is None:
        separation = separation_of(patches)
    n_strips = max(2, round(1 / share))
    strips = spatial_strips(patches, labels, n_strips, axis=axis, separation=separation)
    regions, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    best, most_kept = np.zeros(len(patches), dtype=bool), -np.inf
    for strip in range(n_strips):
        held_out = strips == strip
        tested = patches.take(held_out)
        kept = ~held_out & ~shares_pixels(patches, tested, separation=separation)
        kept_share = np.bincount(codes[kept], minlength=len(regions)) / counts
        if kept_share.min() > most_kept:
            best, most_kept, train = held_out, kept_share.min(), kept
    if most_kept < min_kept:
        return np.arange(len(patches)), np.empty(0, dtype=np.intp)
    return np.flatnonzero(train), np.flatnonzero(best)
