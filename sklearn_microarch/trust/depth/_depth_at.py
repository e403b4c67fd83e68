"""Read the depth of tissue at the centres of patches, from maps of it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_numbers
from sklearn_microarch.anatomy import LaminarDepth
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import Patches

OneDepth = LaminarDepth | ArrayLike | None


def depth_at(
    depth: OneDepth | Sequence[OneDepth], patches: Patches
) -> NDArray[np.float64]:
    """Return the depth (n,) at the centre of each patch, NaN where there is none."""
    images = patches.images
    given = depth if isinstance(depth, list | tuple) else [depth]
    if len(given) != len(images):
        raise ValueError(
            f"depth holds {len(given)} maps for {len(images)} images; give one for "
            "each, None for a slice without."
        )
    found = np.full(len(patches), np.nan)
    for index, (one, image) in enumerate(zip(given, images, strict=True)):
        if one is not None:
            here = patches.positions[:, 0] == index
            rows, cols = patches.positions[here, 1:].T
            found[here] = _on_image(one, image)[rows, cols]
    if not np.isfinite(found).any():
        raise ValueError(
            "depth is NaN wherever the slices show tissue; check that each map belongs "
            "to its image."
        )
    return found


def _on_image(depth: LaminarDepth | ArrayLike, image: SliceImage) -> NDArray:
    """Return the depth (height, width) of the pixels of a slice."""
    pixels = depth.depth if isinstance(depth, LaminarDepth) else depth
    found = as_numbers("depth", pixels, ndim=2, finite=False)
    if found.shape != image.shape:
        raise ValueError(
            f"depth has shape {found.shape}, its image {image.shape}; "
            "laminar_depth(rois, image=image) lies on its pixels."
        )
    if np.isinf(found).any():
        raise ValueError("depth holds infinite values; NaN says that there is none.")
    return found
