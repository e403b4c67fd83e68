"""Which patches share pixels with which others."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.spatial._check_arguments import check_patches
from sklearn_microarch.spatial._rectangles import (
    common_shape,
    covered,
    grown,
    shown_rectangles,
    touches,
)
from sklearn_microarch.spatial._separation import (
    Separation,
    check_separation,
    within_slices,
)


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
    TypeError
        If one is no `Patches`, or ``separation`` is no `Separation`.
    ValueError
        If the two do not refer to the same images.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches
    >>> from sklearn_microarch.spatial import shares_pixels
    >>> patches = Patches(np.zeros((40, 60)), [[10, 10], [10, 14], [10, 26]], 16)
    >>> shares_pixels(patches, patches[:1])
    array([ True,  True, False])
    """
    for name, value in (("patches", patches), ("others", others)):
        check_patches(name, value, "shares_pixels")
    _check_same_images(patches, others)
    separation = check_separation(separation, patches, default=within_slices)
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
    """Raise where patches of one image would be compared with those of another."""
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
