"""Which patches are so close together that sharing their layers pays."""

from math import prod

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.features.dense._layers import Pair
from sklearn_microarch.features.dense._network import DenseNetwork

# Cells in which patches are counted, in pixels.
CELL = 128
# A multiply-add costs more with features shared, where more of the time goes into
# moving values: about one and a half times as much, measured on a CPU.
OVERHEAD = 1.5


def count_in_cells(places: NDArray[np.integer]) -> NDArray[np.intp]:
    """Return, for each patch (n,), how many lie in its cell of 128 x 128 pixels.

    ``places`` are rows and columns in pixels, (n, 2), or after the number of the slice,
    (n, 3).
    """
    cells = places // [*[1] * (places.shape[1] - 2), CELL, CELL]
    cells -= cells.min(axis=0)
    number = np.ravel_multi_index(tuple(cells.T), tuple(cells.max(axis=0) + 1))
    counts: NDArray[np.intp] = np.bincount(number)[number]
    return counts


def worth_sharing(
    network: DenseNetwork, places: NDArray[np.integer], step: Pair
) -> NDArray[np.bool_]:
    """Return which patches (n,) of one slice are cheaper evaluated together.

    ``places`` are their rows and columns in pixels, (n, 2), multiples of ``step``
    apart. The answer is the same for all patches of a cell.
    """
    schedule = network.schedule(step)
    # Around a cell, layers are computed for the patches' outer parts too.
    pixels = prod(CELL + length for length in schedule.operations[0].extent)
    together = OVERHEAD * pixels * schedule.macs
    return count_in_cells(places) * network.patch_macs > together


def sharing_pays(network: DenseNetwork, step: Pair) -> bool:
    """Return whether a patch every ``step`` pixels is cheaper evaluated together."""
    together = OVERHEAD * network.schedule(step).macs * prod(step)
    return together < network.patch_macs


def common_step(places: NDArray[np.integer]) -> Pair:
    """Return the distances of rows and columns that all places (n, 2) lie apart."""
    rows, cols = np.gcd.reduce(places - places[0], axis=0).tolist()
    # One row or column of patches: the next may be as far away as one likes.
    return rows or 1 << 20, cols or 1 << 20
