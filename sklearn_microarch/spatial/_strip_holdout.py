"""A strip of every region, and the patches that share no pixel with it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_number
from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.spatial._check_arguments import (
    check_labels_of,
    check_patches,
)
from sklearn_microarch.spatial._separation import (
    Separation,
    check_separation,
    separation_of,
)
from sklearn_microarch.spatial._shares_pixels import shares_pixels
from sklearn_microarch.spatial._spatial_strips import MOST_STRIPS, spatial_strips


def strip_holdout(
    patches: Patches,
    labels: ArrayLike,
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
    labels : array-like of shape (n,)
        Region of each row.
    share : float in [0.0001, 1]
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
        lies at its place in a near slice. Nothing is held out where each strip
        leaves some region with less than ``min_kept``.

    Raises
    ------
    TypeError
        If ``patches`` are no `Patches`, shares are no numbers, or labels mix types.
    ValueError
        If there are no patches, not one label for each, or ``share``, ``min_kept`` or
        ``axis`` is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches
    >>> from sklearn_microarch.spatial import strip_holdout
    >>> centres = [[20, col] for col in range(10, 90, 10)]
    >>> patches = Patches(np.zeros((40, 100)), centres, 16)
    >>> train, held_out = strip_holdout(patches, ["CTX"] * 8, share=0.25)
    >>> train, held_out
    (array([3, 4, 5, 6, 7]), array([0, 1]))
    """
    check_patches("patches", patches, "strip_holdout")
    if not len(patches):
        raise ValueError("patches holds no patches; there is nothing to hold out.")
    check_number("share", share, low=1 / MOST_STRIPS, high=1.0)
    check_number("min_kept", min_kept, high=1.0)
    labels = check_labels_of(patches, labels)
    separation = check_separation(separation, patches, default=separation_of)
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
