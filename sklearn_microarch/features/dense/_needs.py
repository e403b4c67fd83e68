"""Which blocks of each operation some wanted feature depends on."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.features.dense._layers import Pair
from sklearn_microarch.features.dense._schedule import Schedule

# Wanted features are looked up by squares of this edge length, in pixels: that is
# quicker than pixel by pixel, and asks for hardly any block more.
SQUARE = 8


class Needs:
    """Answers, for a set of wanted features, which blocks must be computed.

    ``wanted`` (n_rows, n_cols) are the upper left pixels of their patches; ``columns``
    the numbers of the block columns, the first ones left of the features.
    """

    def __init__(self, wanted: NDArray[np.bool_], schedule: Schedule) -> None:
        n_rows, n_cols = wanted.shape
        # Summed over all squares above and to the left, any rectangle is four
        # look-ups.
        squares = _squares(wanted)
        sums = np.zeros((squares.shape[0] + 1, squares.shape[1] + 1), dtype=np.int32)
        np.cumsum(squares, axis=0, out=sums[1:, 1:])
        np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
        rows, cols = schedule.block
        ahead = schedule.operations[0].extent[1]
        self.columns = range(-ceil(ahead / cols), ceil(n_cols / cols))
        self._tables = [
            _any_wanted(
                sums,
                op.extent,
                np.arange(0, n_rows + op.extent[0], rows),
                cols * np.array(self.columns),
                schedule.block,
            )
            for op in schedule.operations
        ]

    def rows(self, operations: range, column: int) -> NDArray[np.intp]:
        """Return the numbers of the blocks in a column needed of any operation."""
        at = column - self.columns.start
        tables = [self._tables[number][:, at] for number in operations]
        # An earlier operation has more rows of blocks than a later one.
        needed = np.zeros(max(len(table) for table in tables), dtype=bool)
        for table in tables:
            needed[: len(table)] |= table
        return np.flatnonzero(needed)

    def n_block_rows(self, operations: range) -> int:
        """Return how many rows of blocks there are of any of the operations."""
        return max(len(self._tables[number]) for number in operations)


def _squares(wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which squares hold a wanted feature."""
    n_rows, n_cols = wanted.shape
    rows = np.logical_or.reduceat(wanted, np.arange(0, n_rows, SQUARE), axis=0)
    return np.logical_or.reduceat(rows, np.arange(0, n_cols, SQUARE), axis=1)


def _any_wanted(
    sums: NDArray[np.int32],
    extent: Pair,
    tops: NDArray[np.intp],
    lefts: NDArray[np.intp],
    block: Pair,
) -> NDArray[np.bool_]:
    """Return, for each block of outputs, whether a feature may use any of them."""
    n_rows, n_cols = sums.shape[0] - 1, sums.shape[1] - 1
    # Rounded outwards to whole squares.
    top = np.clip((tops - extent[0]) // SQUARE, 0, n_rows)[:, None]
    bottom = np.clip(-(-(tops + block[0]) // SQUARE), 0, n_rows)[:, None]
    # Columns are computed ahead by what a feature needs of them.
    right = np.clip(-(-(lefts + extent[1] + block[1]) // SQUARE), 0, n_cols)[None, :]
    left = np.clip(lefts // SQUARE, 0, n_cols)[None, :]
    inside = sums[bottom, right] - sums[top, right] - sums[bottom, left]
    found: NDArray[np.bool_] = inside + sums[top, left] > 0
    return found
