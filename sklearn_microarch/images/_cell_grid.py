"""Where the cells of a map lie on its slice: plain geometry, no values."""

from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_number, shown


@dataclass(frozen=True)
class CellGrid:
    """Cells over a slice; cell (i, j) is a sample at ``offset + cell_size * (i, j)``.

    Places are in pixels of the slice, whole numbers at the centres of pixels.
    """

    # (height, width) of the slice.
    slice_shape: tuple[int, int]
    cell_size: float = 1.0
    # Row and column of the first cell.
    offset: tuple[float, float] = (0.0, 0.0)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells that fit on the slice."""
        rows, cols = (
            max(0, floor((length - 0.5 - first) / self.cell_size) + 1)
            for length, first in zip(self.slice_shape, self.offset, strict=True)
        )
        return rows, cols

    def nearest(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the cell nearest to each row (height,) and to each column (width,).

        Of two as near, the first. -1 where the grid is a cell's size away or more.
        """
        rows, cols = (
            self._nearest(length, first, n_cells)
            for length, first, n_cells in zip(
                self.slice_shape, self.offset, self.shape, strict=True
            )
        )
        return rows, cols

    def expand(self, cells: NDArray, fill: object) -> NDArray:
        """Return (height, width, ...): each pixel's nearest cell, else ``fill``."""
        if self == CellGrid(self.slice_shape):
            return cells
        if 0 in self.shape:
            shape = (*self.slice_shape, *cells.shape[2:])
            return np.full(shape, fill, dtype=cells.dtype)
        rows, cols = self.nearest()
        expanded = cells[np.ix_(rows, cols)]
        expanded[rows < 0] = fill
        expanded[:, cols < 0] = fill
        return expanded

    def _nearest(self, length: int, first: float, n_cells: int) -> NDArray[np.intp]:
        place = (np.arange(length) - first) / self.cell_size
        nearest = np.clip(np.ceil(place - 0.5), 0, n_cells - 1)
        return np.where(np.abs(place - nearest) < 1, nearest, -1).astype(np.intp)


def check_placement(
    cell_size: object, offset: object
) -> tuple[float, tuple[float, float]]:
    """Return a cell's size and the place of the first, in pixels of the slice."""
    size = check_number("cell_size", cell_size, low=1e-6, high=1e9, unit="pixels")
    if not isinstance(offset, tuple | list) or len(offset) != 2:
        raise TypeError(
            f"offset={shown(offset)} must be a pair (row, column) in pixels of the "
            "slice."
        )
    row, col = (
        check_number(f"offset[{axis}]", first, low=-1e9, high=1e9)
        for axis, first in enumerate(offset)
    )
    return size, (row, col)


def check_cells(values: NDArray, grid: CellGrid, *, name: str) -> NDArray:
    """Return a map (rows, columns, ...), or raise where it has other cells."""
    found = values.shape[:2]
    if found != grid.shape:
        raise ValueError(
            f"{name} has shape {found}, but a slice of shape {grid.slice_shape} has "
            f"cells of shape {grid.shape} at cell_size={grid.cell_size:g} and "
            f"offset={grid.offset}; {_size_that_fits(found, grid)}"
        )
    return values


def _size_that_fits(found: tuple[int, ...], grid: CellGrid) -> str:
    # Only whole sizes are tried.
    for size in range(1, max(grid.slice_shape) + 1):
        if CellGrid(grid.slice_shape, size, grid.offset).shape == found:
            return f"cell_size={size} would fit."
    return "draw a map over the slice it was made from."
