"""How many patches share no pixel with each other."""

import numpy as np

from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.sampling._roi_report import count_apart
from sklearn_microarch.spatial._rectangles import (
    common_shape,
)
from sklearn_microarch.spatial._separation import Separation


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
