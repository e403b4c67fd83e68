"""Choose one strip layout for every region, so that much can be trained on."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

# Layouts are compared on a coarse map, of this many cells along a patch.
CELLS_PER_PATCH = 8
# And of this many cells at most, however small the patches.
MAX_CELLS = 250_000
# What it costs that a region keeps nothing in one strip: more than all else can gain.
EMPTY_COST = 2.0


def best_layout(
    centres: NDArray[np.int64],  # (n, 2), rows and columns
    regions: list[NDArray[np.intp]],  # indices into centres
    options: list[list[NDArray[np.int64]]],  # of each region, the strip of each row
    reach: int,
    n_strips: int,
) -> list[int]:
    """Return which of its options each region takes, by coordinate ascent.

    The sum of the smallest and the mean share of rows left to a region, averaged over
    the strips, is raised by changing one region at a time; that no region is left
    without rows comes first. Rows nearer than `reach` px to a strip, along rows and
    along columns, are lost where it is tested; strip -1 is none.
    """
    n_options = len(options[0])
    shares, lost = _coarse_maps(centres, regions, options, reach, n_strips)
    # A region with one coordinate along an axis cannot be cut along it.
    # Of shape (n_regions, n_options, n_strips).
    untested: NDArray[np.bool_] = ~np.any(lost, axis=(3, 4))

    def value(chosen: list[int]) -> float:
        """Return what is raised, for one option of each region."""
        union = np.any([lost[i, option] for i, option in enumerate(chosen)], axis=0)
        # Share of each region's rows left where each strip is tested.
        kept = np.tensordot(~union, shares, axes=((1, 2), (1, 2)))
        empty = (kept <= 0).sum(axis=1)
        for index, option in enumerate(chosen):
            empty += untested[index, option]
        return float((kept.min(axis=1) + kept.mean(axis=1) - EMPTY_COST * empty).mean())

    # One cut for all regions lines their strips up: a start that is hard to beat.
    chosen = max(([at] * len(regions) for at in range(n_options)), key=value)
    best = value(chosen)
    improved = True
    while improved:
        improved = False
        for index in range(len(regions)):
            for option in range(n_options):
                trial = [*chosen[:index], option, *chosen[index + 1 :]]
                if (found := value(trial)) > best + 1e-9:
                    chosen, best, improved = trial, found, True
    return chosen


def _coarse_maps(
    centres: NDArray[np.int64],
    regions: list[NDArray[np.intp]],
    options: list[list[NDArray[np.int64]]],
    reach: int,
    n_strips: int,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return where each region's rows lie, and what each of its strips takes away.

    Shares of the region's rows, (n_regions, height, width); and whether a piece of the
    coarse map is near a strip, (n_regions, n_options, n_strips, height, width).
    """
    first = centres.min(axis=0)
    extent = centres.max(axis=0) - first + 1
    fewest = int(np.ceil(np.sqrt(float(np.prod(extent)) / MAX_CELLS)))
    cell = max(1, reach // CELLS_PER_PATCH, fewest)
    cells = (centres - first) // cell
    shape = tuple(cells.max(axis=0) + 1)
    width = 2 * (-(-reach // cell)) - 1
    shares = np.zeros((len(regions), *shape))
    lost = np.zeros((len(regions), len(options[0]), n_strips, *shape), dtype=bool)
    for index, members in enumerate(regions):
        at = cells[members]
        np.add.at(shares[index], tuple(at.T), 1 / len(members))
        for option, strip in enumerate(options[index]):
            tested = strip >= 0
            lost[index, option, strip[tested], *at[tested].T] = True
        for near in lost[index].reshape(-1, *shape):
            near[:] = ndimage.maximum_filter(near, width, mode="constant")
    return shares, lost
