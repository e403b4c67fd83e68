"""How many patches share no pixel with each other."""

import numpy as np

from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.sampling._region_material import count_apart
from sklearn_microarch.spatial._check_arguments import check_patches
from sklearn_microarch.spatial._rectangles import common_shape
from sklearn_microarch.spatial._separation import (
    Separation,
    check_separation,
    within_slices,
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

    Raises
    ------
    TypeError
        If ``patches`` are no `Patches`, or ``separation`` is no `Separation`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches
    >>> from sklearn_microarch.spatial import count_independent
    >>> patches = Patches(np.zeros((40, 60)), [[10, 10], [10, 14], [10, 26]], 16)
    >>> count_independent(patches)
    2
    """
    check_patches("patches", patches, "count_independent")
    separation = check_separation(separation, patches, default=within_slices)
    stacks = separation.stacks[patches.positions[:, 0]]
    total = 0
    for stack in np.unique(stacks):
        here = patches.positions[stacks == stack]
        centres = np.zeros(common_shape(patches), dtype=bool)
        centres[here[:, 1], here[:, 2]] = True
        total += count_apart(centres, patches.patch_size + separation.buffer)
    return total
