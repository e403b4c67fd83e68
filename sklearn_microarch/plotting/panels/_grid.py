"""Which part of a slice is shown, and which cells of a map cover it: no drawing."""

from math import ceil, floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_number
from sklearn_microarch.images._cell_grid import CellGrid

# Longest side of what is drawn, in pixels or cells: sharp at 200 dpi on a page.
MAX_SIDE = 2400


class Box(NamedTuple):
    """A rectangle of the slice, half open, in pixels: rows then columns."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.right - self.left


class Shown(NamedTuple):
    """The cells of a map that are drawn, and where.

    Pixel ``c`` is centred at ``c``, as in `matplotlib.axes.Axes.imshow`, so that
    the first cell begins half a cell before its place.
    """

    cells: tuple[slice, slice]
    # Left, right, bottom, top, in pixels of the slice.
    extent: tuple[float, float, float, float]


def box_around(
    grid: CellGrid, mapped: NDArray[np.bool_] | None = None, *, margin: float = 0.0
) -> Box:
    """Return the part of the slice to show.

    ``mapped`` (rows, columns) are the cells to enclose; None, or no cell at all: the
    whole slice. ``margin`` is left free around them, as a fraction of the longer side.
    """
    check_fraction(margin, name="margin")
    height, width = grid.slice_shape
    if mapped is None or not mapped.any():
        return Box(0, height, 0, width)
    rows, columns = np.nonzero(mapped)
    top, bottom = _pixel_range(rows, grid.cell_size, grid.offset[0])
    left, right = _pixel_range(columns, grid.cell_size, grid.offset[1])
    free = round(margin * max(bottom - top, right - left))
    return Box(
        max(0, top - free),
        min(height, bottom + free),
        max(0, left - free),
        min(width, right + free),
    )


def cells_over(grid: CellGrid, box: Box, *, max_side: int = MAX_SIDE) -> Shown:
    """Return which cells to draw so that they cover a box.

    Of more than ``max_side`` cells along its longer side every n-th is drawn, and
    stands for its neighbours too.
    """
    size = grid.cell_size
    step = max(1, ceil(max(box.height, box.width) / (size * max_side)))
    slices, edges = [], []
    for start, stop, first, n_cells in [
        (box.top, box.bottom, grid.offset[0], grid.shape[0]),
        (box.left, box.right, grid.offset[1], grid.shape[1]),
    ]:
        begin = min(max(0, floor((start - first) / size)), n_cells - 1)
        # One more at the end: a cell reaches only half a pitch from its place.
        last = min(n_cells, floor((stop - first) / size) + step + 1)
        kept = range(begin, max(last, begin + 1), step)
        slices.append(slice(kept.start, kept.stop, step))
        edges.append(first + (kept[0] - step / 2) * size)
        edges.append(first + (kept[-1] + step / 2) * size)
    top, bottom, left, right = edges
    return Shown((slices[0], slices[1]), (left, right, bottom, top))


def check_fraction(value: object, *, name: str) -> float:
    """Return an opacity or a margin, from 0 to 1."""
    return check_number(name, value, high=1.0)


def _pixel_range(cells: NDArray[np.intp], size: float, first: float) -> tuple[int, int]:
    """Return the first and one past the last pixel that some cells stand for."""
    start = first + (cells.min() - 0.5) * size
    stop = first + (cells.max() + 0.5) * size
    return ceil(start), ceil(stop)
