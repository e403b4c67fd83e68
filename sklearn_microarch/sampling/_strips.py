"""Cut every region into contiguous strips, laid so that much can be trained on."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.sampling._patches import Patches

# Layouts are compared on a coarse map, of this many cells along a patch.
CELLS_PER_PATCH = 8
# Along which axis a region is cut, and from which end its strips are counted.
LAYS = {
    "rows": ((0, False), (0, True)),
    "columns": ((1, False), (1, True)),
    None: ((0, False), (0, True), (1, False), (1, True)),
}


def spatial_strips(
    patches: Patches, labels: NDArray, n_strips: int, *, axis: str | None = None
) -> NDArray[np.int64]:
    """Cut every region into contiguous strips of nearly equal numbers of rows.

    Strip ``i`` of all regions together forms one test set. Patches that share
    pixels with it are lost for training, and where its parts are scattered over
    the slice, that is most of them. So each region is cut along rows or
    columns, and counted from either end, as keeps most: the sum of the smallest
    and the mean share of rows left to a region, averaged over the strips, is
    raised by changing one region at a time.

    Parameters
    ----------
    patches : Patches
        Of one or several images, each cut on its own.
    labels : ndarray of shape (n,)
        Region of each row; unannotated rows count as one more region.
    n_strips : int
        Strips to cut each region into.
    axis : {"rows", "columns"} or None, default=None
        "rows" makes every strip a band of rows, "columns" of columns; None takes
        for each region what keeps most. Where a region is layered, bands across
        the layers hold them all, and bands along them set whole layers apart.

    Returns
    -------
    strips : ndarray of shape (n,), dtype int64
        0 .. n_strips - 1. Rows at one coordinate fall in one strip.
    """
    strips = np.zeros(len(patches), dtype=np.int64)
    for image in np.unique(patches.positions[:, 0]):
        rows = np.flatnonzero(patches.positions[:, 0] == image)
        centres = patches.positions[rows, 1:].astype(np.int64)
        regions = [np.flatnonzero(labels[rows] == r) for r in np.unique(labels[rows])]
        options = [
            [_lay_strip(centres[members], n_strips, *lay) for lay in LAYS[axis]]
            for members in regions
        ]
        chosen = _best_lays(centres, regions, options, patches.patch_size, n_strips)
        for members, option, lay in zip(regions, options, chosen, strict=True):
            strips[rows[members]] = option[lay]
    return strips


def _lay_strip(
    centres: NDArray[np.int64], n_strips: int, axis: int, reverse: bool
) -> NDArray[np.int64]:
    """Return the strip of each row of one region, cut along one axis."""
    along = centres[:, axis]
    cuts = np.quantile(along, np.arange(1, n_strips) / n_strips)
    strip = np.searchsorted(cuts, along, side="left")
    return n_strips - 1 - strip if reverse else strip


def _best_lays(
    centres: NDArray[np.int64],
    regions: list[NDArray[np.intp]],
    options: list[list[NDArray[np.int64]]],
    patch_size: int,
    n_strips: int,
) -> list[int]:
    """Return which of its options each region takes, by coordinate ascent."""
    n_lays = len(options[0])
    cell = max(1, patch_size // CELLS_PER_PATCH)
    cells = (centres - centres.min(axis=0)) // cell
    shape = tuple(cells.max(axis=0) + 1)
    reach = 2 * (-(-patch_size // cell)) - 1
    counts = np.zeros((len(regions), *shape))
    # lost[region, lay, strip]: cells that share pixels with that test strip.
    lost = np.zeros((len(regions), n_lays, n_strips, *shape), dtype=bool)
    for index, members in enumerate(regions):
        at = tuple(cells[members].T)
        np.add.at(counts[index], at, 1 / len(members))
        for lay, strip in enumerate(options[index]):
            lost[index, lay, strip, *at] = True
        for near in lost[index].reshape(-1, *shape):
            near[:] = ndimage.maximum_filter(near, reach, mode="constant")

    def value(lays: list[int]) -> float:
        union = np.any([lost[i, lay] for i, lay in enumerate(lays)], axis=0)
        kept = np.tensordot(~union, counts, axes=((1, 2), (1, 2)))
        return float((kept.min(axis=1) + kept.mean(axis=1)).mean())

    # One cut for all regions lines their strips up: a start that is hard to beat.
    lays = max(([lay] * len(regions) for lay in range(n_lays)), key=value)
    best = value(lays)
    improved = True
    while improved:
        improved = False
        for index in range(len(regions)):
            for lay in range(n_lays):
                trial = [*lays[:index], lay, *lays[index + 1 :]]
                if (found := value(trial)) > best + 1e-9:
                    lays, best, improved = trial, found, True
    return lays
