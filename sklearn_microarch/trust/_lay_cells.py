"""Cut the tissue of annotated slices into cells, with regions and low-pass grey."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling.regions._slice_regions import Rois, place_regions
from sklearn_microarch.trust._tissue_cells import TissueCells, animals_of
from sklearn_microarch.trust.depth._depth_at import OneDepth, depth_at
from sklearn_microarch.trust.nuisances._vessels import vessels_around

# Grey levels are smoothed over this many patches: shading is left of them, and the
# layers and nuclei that a patch shows are not.
_LOW_PASS = 2.0


def lay_cells(
    patches: Patches,
    rois: Rois,
    step: int,
    *,
    unannotated_code: int,
    depth: OneDepth | Sequence[OneDepth] = None,
) -> TissueCells:
    """Return a cell for each patch, of a grid of ``step`` pixels."""
    regions = place_regions(rois, patches.images, unannotated_code=unannotated_code)
    codes = regions.codes_at(patches.positions)
    present = np.unique(codes[codes >= 0])
    if not len(present):
        raise ValueError(
            "rois hold no region where the slices show tissue; check that each belongs "
            "to its image."
        )
    at = patches.positions.astype(np.int64) // np.array([1, step, step])
    patch = patches.patch_size / step
    grey, vessels = np.empty(len(at)), np.empty((len(at), 2))
    for index, image in enumerate(patches.images):
        here = at[:, 0] == index
        pixels = np.asarray(image.pixels)
        pixels = pixels.mean(axis=0) if pixels.ndim == 3 else pixels
        grey[here] = _low_pass(pixels, at[here, 1:], step, _LOW_PASS * patch)
        vessels[here] = vessels_around(
            pixels,
            patches.positions[here, 1:],
            patches.patch_size,
            image.pixel_size_um,
        )
    return TissueCells(
        at=at,
        codes=np.where(codes >= 0, np.searchsorted(present, codes), -1),
        shapes=[_grid(image.shape, step) for image in patches.images],
        patch=patch,
        regions=[str(regions.title(code)) for code in present.tolist()],
        grey=grey,
        animals=animals_of(patches.images),
        depth=None if depth is None else depth_at(depth, patches),
        vessels=vessels,
    )


def _grid(shape: tuple[int, int], step: int) -> tuple[int, int]:
    height, width = shape
    return -(-height // step), -(-width // step)


def _low_pass(
    pixels: NDArray, at: NDArray[np.int64], step: int, width: float
) -> NDArray[np.float64]:
    """Return grey levels (n,) of cells, averaged over ``width`` cells of tissue."""
    grid = _grid(pixels.shape, step)
    rows, cols = (np.arange(length) // step for length in pixels.shape)
    keys = rows[:, None] * grid[1] + cols
    sums = np.bincount(keys.ravel(), pixels.ravel(), grid[0] * grid[1])
    counts = np.bincount(keys.ravel(), minlength=grid[0] * grid[1])
    known = np.zeros(grid)
    known[tuple(at.T)] = 1.0
    weighted = ndimage.gaussian_filter(known * (sums / counts).reshape(grid), width)
    weights = ndimage.gaussian_filter(known, width)
    found: NDArray[np.float64] = (weighted / np.maximum(weights, 1e-12))[tuple(at.T)]
    return found
