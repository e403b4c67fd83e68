"""A strip of every region, and the patches that share no pixel with it."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.spatial._separation import Separation, separation_of
from sklearn_microarch.spatial._shares_pixels import shares_pixels
from sklearn_microarch.spatial._spatial_strips import spatial_strips


def strip_holdout(
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
