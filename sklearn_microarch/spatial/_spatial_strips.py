"""Cut every region into contiguous strips, laid so that much can be trained on."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.spatial._layout import best_layout
from sklearn_microarch.spatial._separation import Separation, separation_of

# Along which axis a region is cut, and from which end its strips are counted.
LAYS = {
    "rows": ((0, False), (0, True)),
    "columns": ((1, False), (1, True)),
    None: ((0, False), (0, True), (1, False), (1, True)),
}
# Strips drawn at random for each region, of which the layout takes one: along one
# axis, or half of them along each.
N_DRAWN = 4


def spatial_strips(
    patches: Patches,
    labels: NDArray,
    n_strips: int,
    *,
    axis: str | None = None,
    separation: Separation | None = None,
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
        Of one or several images. Near slices are cut together, at the same
        coordinates; others each on their own.
    labels : ndarray of shape (n,)
        Region of each row; unannotated rows count as one more region.
    n_strips : int
        Strips to cut each region into.
    axis : {"rows", "columns"} or None, default=None
        "rows" makes every strip a band of rows, "columns" of columns; None takes
        for each region what keeps most. Where a region is layered, bands across
        the layers hold them all, and bands along them set whole layers apart.
    separation : Separation or None, default=None
        What counts as near. None: ``separation_of(patches)``.

    Returns
    -------
    strips : ndarray of shape (n,), dtype int64
        0 .. n_strips - 1. Rows of near slices at one coordinate fall in one strip.
    """

    def cut(centres: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        return [_lay_strip(centres, n_strips, *lay) for lay in LAYS[axis]]

    return _lay_all(patches, labels, cut, n_strips, separation)


def random_strip(
    patches: Patches,
    labels: NDArray,
    share: float,
    rng: np.random.RandomState,
    *,
    axis: str | None = None,
    separation: Separation | None = None,
) -> NDArray[np.bool_]:
    """Draw one contiguous strip of every region at random.

    Four strips are drawn for each region; of them it takes the one that leaves
    most to train on, as in `spatial_strips`.

    Parameters
    ----------
    patches : Patches
        Of one or several images. Near slices get the same strips.
    labels : ndarray of shape (n,)
        Region of each row; unannotated rows count as one more region.
    share : float in (0, 1)
        Share of each region's rows in its strip, about.
    rng : RandomState
        Draws the strips.
    axis : {"rows", "columns"} or None, default=None
        "rows" makes every strip a band of rows, "columns" of columns; None draws
        half of them each way.
    separation : Separation or None, default=None
        What counts as near. None: ``separation_of(patches)``.

    Returns
    -------
    drawn : ndarray of shape (n,), dtype bool
        Rows in the strips.
    """
    axes = {"rows": (0,), "columns": (1,), None: (0, 1)}[axis]

    def draw(centres: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        return [
            _random_window(centres[:, axes[at % len(axes)]], share, rng)
            for at in range(N_DRAWN)
        ]

    return _lay_all(patches, labels, draw, 1, separation) == 0


def _lay_all(
    patches: Patches,
    labels: NDArray,
    options_of: Callable[[NDArray[np.int64]], list[NDArray[np.int64]]],
    n_strips: int,
    separation: Separation | None,
) -> NDArray[np.int64]:
    """Return the strip of each row, given how a region can be cut."""
    if separation is None:
        separation = separation_of(patches)
    strips = np.zeros(len(patches), dtype=np.int64)
    for rows in _rows_of_stacks(patches, separation):
        centres = patches.positions[rows, 1:].astype(np.int64)
        regions = [np.flatnonzero(labels[rows] == r) for r in np.unique(labels[rows])]
        options = [options_of(centres[members]) for members in regions]
        reach = patches.patch_size + separation.buffer
        chosen = best_layout(centres, regions, options, reach, n_strips)
        for members, option, lay in zip(regions, options, chosen, strict=True):
            strips[rows[members]] = option[lay]
    return strips


def _rows_of_stacks(
    patches: Patches, separation: Separation
) -> Iterator[NDArray[np.intp]]:
    """Yield the rows of each stack of near slices."""
    stacks = separation.stacks[patches.positions[:, 0]]
    return (np.flatnonzero(stacks == stack) for stack in np.unique(stacks))


def _lay_strip(
    centres: NDArray[np.int64], n_strips: int, axis: int, reverse: bool
) -> NDArray[np.int64]:
    """Return the strip of each row of one region, cut along one axis."""
    along = centres[:, axis]
    cuts = np.quantile(along, np.arange(1, n_strips) / n_strips)
    strip = np.searchsorted(cuts, along, side="left")
    return n_strips - 1 - strip if reverse else strip


def _random_window(
    along: NDArray[np.int64], share: float, rng: np.random.RandomState
) -> NDArray[np.int64]:
    """Return 0 for the rows of one region in a random band, -1 for the others."""
    values, counts = np.unique(along, return_counts=True)
    below = np.concatenate([[0.0], counts.cumsum() / len(along)])
    # Bands begin and end between coordinates; they hold at least one of them.
    begin = int(np.abs(below[:-1] - rng.uniform(0, 1 - share)).argmin())
    end = begin + 1 + int(np.abs(below[begin + 1 :] - below[begin] - share).argmin())
    inside = (along >= values[begin]) & (along <= values[end - 1])
    return np.where(inside, 0, -1)
