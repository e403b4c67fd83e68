"""Cut every region into contiguous strips, laid so that much can be trained on."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_integer
from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.spatial._check_arguments import (
    check_axis,
    check_labels_of,
    check_patches,
)
from sklearn_microarch.spatial._layout import best_layout
from sklearn_microarch.spatial._separation import (
    Separation,
    check_separation,
    separation_of,
)

# Along which axis a region is cut, and from which end its strips are counted.
LAYS = {
    "rows": ((0, False), (0, True)),
    "columns": ((1, False), (1, True)),
    None: ((0, False), (0, True), (1, False), (1, True)),
}
# Strips drawn at random for each region, of which the layout takes one: along one
# axis, or half of them along each.
N_DRAWN = 4
# More are of no use, and would be tried for hours.
MOST_STRIPS = 10_000


def spatial_strips(
    patches: Patches,
    labels: ArrayLike,
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
    labels : array-like of shape (n,)
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

    Raises
    ------
    TypeError
        If ``patches`` are no `Patches`, ``n_strips`` is no integer, or labels mix
        types.
    ValueError
        If there is not one label for each patch, or ``n_strips`` or ``axis`` is out of
        range.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches
    >>> from sklearn_microarch.spatial import spatial_strips
    >>> centres = [[20, col] for col in range(10, 90, 10)]
    >>> patches = Patches(np.zeros((40, 100)), centres, 16)
    >>> spatial_strips(patches, ["CTX"] * 4 + ["VP"] * 4, 2, axis="columns")
    array([1, 1, 0, 0, 0, 0, 1, 1])
    """
    regions = _check(patches, labels, axis, "spatial_strips")
    n_strips = check_integer("n_strips", n_strips, minimum=1, maximum=MOST_STRIPS)

    def cut(centres: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Return the strip of each row, by each way to lay them."""
        return [_lay_strip(centres, n_strips, *lay) for lay in LAYS[axis]]

    return _lay_all(patches, regions, cut, n_strips, separation)


def random_strip(
    patches: Patches,
    labels: NDArray,
    share: float,
    rng: np.random.RandomState,
    *,
    axis: str | None = None,
    separation: Separation | None = None,
) -> NDArray[np.bool_]:
    """Return which rows (n,) are in one strip of every region, drawn at random.

    Each holds about a `share` of its region's rows. Of four strips drawn, half of them
    each way where `axis` is None, a region takes the one that leaves most to train on,
    as in `spatial_strips`; near slices get the same strips.
    """
    axes = {"rows": (0,), "columns": (1,), None: (0, 1)}[axis]

    def draw(centres: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Return the strip of each row, of each strip drawn."""
        return [
            _random_window(centres[:, axes[at % len(axes)]], share, rng)
            for at in range(N_DRAWN)
        ]

    return _lay_all(patches, labels, draw, 1, separation) == 0


def _check(patches: Patches, labels: ArrayLike, axis: object, task: str) -> NDArray:
    """Return the region of each patch, (n,)."""
    check_patches("patches", patches, task)
    check_axis(axis)
    return check_labels_of(patches, labels)


def _lay_all(
    patches: Patches,
    labels: NDArray,
    options_of: Callable[[NDArray[np.int64]], list[NDArray[np.int64]]],
    n_strips: int,
    separation: Separation | None,
) -> NDArray[np.int64]:
    """Return the strip of each row, given how a region can be cut."""
    separation = check_separation(separation, patches, default=separation_of)
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
    """Return the strip of each row (n,) of one region, cut along one axis."""
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
