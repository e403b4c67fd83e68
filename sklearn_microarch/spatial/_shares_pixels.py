"""Which patches share pixels with which others."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.spatial._rectangles import (
    common_shape,
    covered,
    grown,
    shown_rectangles,
    touches,
)
from sklearn_microarch.spatial._separation import Separation


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
