"""A slice's region as coarse cells, fine enough for its depth, and back to pixels."""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

# Depth is smooth: so many cells in a region tell it to a fraction of a percent.
_MOST_CELLS = 40_000


@dataclass(frozen=True)
class CorticalCells:
    """Square cells over a part of a slice."""

    top: int  # first row and column, in pixels
    left: int
    step: int  # edge of a cell, in pixels
    shape: tuple[int, int]  # rows and columns of cells

    @classmethod
    def around(cls, region: NDArray[np.bool_]) -> "CorticalCells":
        """Lay cells over a region (height, width), with two empty ones around it."""
        rows, cols = (np.flatnonzero(region.any(axis=axis)) for axis in (1, 0))
        step = max(1, ceil(sqrt(np.count_nonzero(region) / _MOST_CELLS)))
        top, left = int(rows[0]) - 2 * step, int(cols[0]) - 2 * step
        shape = (
            (int(rows[-1]) - top) // step + 3,
            (int(cols[-1]) - left) // step + 3,
        )
        return cls(top, left, step, shape)

    def share(self, mask: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the share (rows, columns) of each cell that a mask covers."""
        height, width = (n * self.step for n in self.shape)
        part = np.zeros((height, width), dtype=bool)
        rows = slice(max(0, self.top), min(mask.shape[0], self.top + height))
        cols = slice(max(0, self.left), min(mask.shape[1], self.left + width))
        part[
            rows.start - self.top : rows.stop - self.top,
            cols.start - self.left : cols.stop - self.left,
        ] = mask[rows, cols]
        squares = part.reshape(self.shape[0], self.step, self.shape[1], self.step)
        return squares.mean(axis=(1, 3))

    def to_cells(self, places: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the cells (n, 2) that pixels (n, 2) lie in."""
        cells = np.floor((places + 0.5 - [self.top, self.left]) / self.step)
        return cells.astype(np.intp)

    def to_pixels(self, cells: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the pixels (n, 2) at the centres of cells (rows, columns)."""
        found = np.argwhere(cells)
        return (found + 0.5) * self.step - 0.5 + np.array([self.top, self.left])

    def at_pixels(
        self,
        values: NDArray,
        known: NDArray[np.bool_],
        rows: NDArray[np.intp],
        cols: NDArray[np.intp],
        order: int,
    ) -> NDArray[np.float64]:
        """Look values of cells up at pixels (n,): the nearest, or between cells.

        Cells that are not known take the value of the nearest that is.
        """
        _, nearest = ndimage.distance_transform_edt(~known, return_indices=True)
        places = [
            (at + 0.5 - first) / self.step - 0.5
            for at, first in ((rows, self.top), (cols, self.left))
        ]
        return np.asarray(
            ndimage.map_coordinates(
                values[tuple(nearest)], places, order=order, mode="nearest"
            )
        )
