"""How much tissue some patches show that others show too: pixels and volume."""

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.spatial._rectangles import (
    common_shape,
    covered,
    shown_rectangles,
)
from sklearn_microarch.spatial._separation import check_heights


def overlap_pixels(patches: Patches, others: Patches) -> tuple[int, int]:
    """Count the pixels that patches show, and those that others show too.

    Both are of the same images. Each pixel counts once, however many patches show it.
    """
    ours, theirs = _masks(patches), _masks(others)
    shown = sum(int(mask.sum()) for mask in ours.values())
    shared = sum(
        int((mask & theirs[index]).sum())
        for index, mask in ours.items()
        if index in theirs
    )
    return shown, shared


def overlap_volume(
    patches: Patches,
    others: Patches,
    z_um: ArrayLike,
    pixel_size_um: float,
) -> tuple[float, float]:
    """Return the tissue of patches, and what others stand for too, in um3.

    A patch stands for a cube, as deep as it is wide, with the slice in its middle, at
    the height `z_um` (n_images,). Each point of a specimen counts once.
    """
    heights = check_heights(z_um, len(patches.images))
    ours, theirs = _masks(patches), _masks(others)
    half = patches.patch_size * pixel_size_um / 2
    specimens = np.array([str(image.specimen or "") for image in patches.images])
    shown = shared = 0.0
    for specimen in np.unique(specimens):
        inside = np.flatnonzero(specimens == specimen)
        # Between two heights at which a cube begins or ends, nothing changes.
        edges = np.unique([heights[inside] - half, heights[inside] + half])
        for low, high in pairwise(edges):
            cut = inside[np.abs(heights[inside] - (low + high) / 2) < half]
            mask = _union(ours, cut)
            if mask is None:
                continue
            volume_um3 = float(high - low) * pixel_size_um**2
            shown += volume_um3 * int(mask.sum())
            other = _union(theirs, cut)
            if other is not None:
                shared += volume_um3 * int((mask & other).sum())
    return shown, shared


def _masks(patches: Patches) -> dict[int, NDArray[np.bool_]]:
    """Return the pixels shown of each image that is used, all of one shape."""
    rectangles, shape = shown_rectangles(patches), common_shape(patches)
    images = patches.positions[:, 0]
    return {
        int(index): covered(rectangles[:, images == index], shape)
        for index in np.unique(images)
    }


def _union(
    masks: dict[int, NDArray[np.bool_]], indices: NDArray[np.intp]
) -> NDArray[np.bool_] | None:
    """Return the union of some masks; None where none of them is there."""
    found = [masks[index] for index in indices.tolist() if index in masks]
    return np.logical_or.reduce(found) if found else None
