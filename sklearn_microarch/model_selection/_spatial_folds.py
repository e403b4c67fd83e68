"""Training and test rows that no patch joins, and the regions they leave empty."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import shares_pixels
from sklearn_microarch.spatial._separation import Separation

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
# "training" or "test", and the region that has no such rows.
Empty = tuple[str, int | str]


def separate_folds(
    patches: Patches, tested: Iterable[NDArray[np.bool_]], separation: Separation
) -> list[Fold]:
    """Return training and test rows, given the test rows of each fold.

    Parameters
    ----------
    patches : Patches
    tested : iterable of ndarray of shape (n,), dtype bool
        Test rows, one array for each fold.
    separation : Separation
        When patches count as separate.

    Returns
    -------
    folds : list of (train, test)
        Row indices, in order. All rows that are separate from all test rows are
        trained on.
    """
    folds = []
    for test in tested:
        near = shares_pixels(patches, patches.take(test), separation=separation)
        folds.append((np.flatnonzero(~test & ~near), np.flatnonzero(test)))
    return folds


def empty_regions(labels: NDArray, folds: Iterable[Fold]) -> list[Empty]:
    """Return the regions that some fold cannot train on or cannot test.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        Region of each row.
    folds : iterable of (train, test)
        Row indices.

    Returns
    -------
    empty : list of (side, region)
        Side is "training" or "test"; each pair once.
    """
    regions, codes = np.unique(labels, return_inverse=True)
    found = {
        (side, regions[code].item()): None
        for fold in folds
        for side, rows in zip(("training", "test"), fold, strict=True)
        for code in np.setdiff1d(np.arange(len(regions)), codes[rows])
    }
    return list(found)


def name_empty(empty: list[Empty]) -> str:
    """Say which rows are missing, for a message: "no ..."."""
    return " or ".join(f"{side} rows of region {roi!r}" for side, roi in empty)


def explain_empty(
    patches: Patches, labels: NDArray, empty: list[Empty], separation: Separation
) -> str:
    """Say why no split can be made, for an error message.

    Parameters
    ----------
    patches : Patches
    labels : ndarray of shape (n,)
        Region of each row.
    empty : list of (side, region)
        At least one; the region of the first is described.
    separation : Separation

    Returns
    -------
    text : str
    """
    roi = empty[0][1]
    centres = patches.positions[labels == roi]
    height, width = (np.ptp(centres[:, 1:], axis=0) + 1).tolist()
    reach = patches.patch_size + separation.buffer
    buffer = f" (buffer {separation.buffer} px)" if separation.buffer else ""
    about = (
        f"its {len(centres)} patches of {patches.patch_size} px{buffer} have their "
        f"centres within {height} x {width} px, and two blocks need about {2 * reach}"
    )
    n_stacks = len(np.unique(separation.stacks[centres[:, 0]]))
    if max(height, width) <= reach and n_stacks == 1:
        return f"region {roi!r} falls wholly into one block: {about}"
    return f"there would be no {name_empty(empty)}; {about}"
