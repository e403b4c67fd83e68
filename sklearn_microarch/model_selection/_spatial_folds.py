"""Training and test rows that no patch joins, and the regions they leave empty."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import check_roi_labels
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import shares_pixels
from sklearn_microarch.spatial._separation import Separation

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
# "training" or "test", and the region that has no such rows.
Empty = tuple[str, int | str]
# What helps where regions and groups do not go together.
GROUP_REMEDY = (
    "Annotate the region in more specimens, merge it with another region, or leave "
    "its rows out."
)


def separate_folds(
    patches: Patches, tested: Iterable[NDArray[np.bool_]], separation: Separation
) -> list[Fold]:
    """Return training and test rows, in order, given the test rows (n,) of each fold.

    All rows that are separate from all test rows are trained on.
    """
    folds = []
    for test in tested:
        near = shares_pixels(patches, patches.take(test), separation=separation)
        folds.append((np.flatnonzero(~test & ~near), np.flatnonzero(test)))
    return folds


def empty_regions(labels: NDArray, folds: Iterable[Fold]) -> list[Empty]:
    """Return the regions that some fold cannot train on or cannot test, each once."""
    regions, codes = np.unique(labels, return_inverse=True)
    found = {
        (side, regions[code].item()): None
        for fold in folds
        for side, rows in zip(("training", "test"), fold, strict=True)
        for code in np.setdiff1d(np.arange(len(regions)), codes[rows])
    }
    return list(found)


def check_groups(labels: NDArray, groups: ArrayLike) -> NDArray:
    """Return groups (n,), at least two, of which each region occurs in at least two."""
    checked = check_roi_labels(groups, name="groups", what="groups")
    if checked.shape != labels.shape:
        raise ValueError(
            f"groups has shape {checked.shape}, but X holds {len(labels)} patches."
        )
    if len(np.unique(checked)) < 2:
        raise ValueError(
            f"groups holds one group only, {checked.tolist()[0]!r}; to test on "
            "groups, two are needed. Leave groups out to split by strips."
        )
    for region in np.unique(labels).tolist():
        homes = np.unique(checked[labels == region]).tolist()
        if len(homes) == 1:
            raise ValueError(
                f"region {region!r} occurs in one group only, {homes[0]!r}: a fold "
                "that tests on that group has nothing of it to train on. "
                f"{GROUP_REMEDY}"
            )
    return checked


def name_empty(empty: list[Empty]) -> str:
    """Say which rows are missing, for a message: "no ..."."""
    return " or ".join(f"{side} rows of region {region!r}" for side, region in empty)


def explain_empty(
    patches: Patches,
    labels: NDArray,
    groups: NDArray | None,
    empty: list[Empty],
    separation: Separation,
) -> str:
    """Say why no split can be made, of the first of the empty regions, at least one."""
    region = empty[0][1]
    if groups is not None:
        homes = np.unique(groups[labels == region]).tolist()
        return (
            f"there would be no {name_empty(empty)}; region {region!r} occurs in "
            f"{len(homes)} of {len(np.unique(groups))} groups, {homes}, and patches at "
            "one place of near slices count as the same tissue"
        )
    centres = patches.positions[labels == region]
    height, width = (np.ptp(centres[:, 1:], axis=0) + 1).tolist()
    reach = patches.patch_size + separation.buffer
    buffer = f" (buffer {separation.buffer} px)" if separation.buffer else ""
    about = (
        f"its {len(centres)} patches of {patches.patch_size} px{buffer} have their "
        f"centres within {height} x {width} px, and two strips need about {2 * reach}"
    )
    n_stacks = len(np.unique(separation.stacks[centres[:, 0]]))
    if max(height, width) <= reach and n_stacks == 1:
        return f"region {region!r} falls wholly into one strip: {about}"
    return f"there would be no {name_empty(empty)}; {about}"
