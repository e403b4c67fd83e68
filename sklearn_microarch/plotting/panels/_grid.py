"""Where the cells of a map lie on the slice: plain geometry, no drawing."""

from dataclasses import dataclass
from numbers import Integral
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    the first cell of a slice begins half a stride before zero.
    """

    cells: tuple[slice, slice]
    extent: tuple[float, float, float, float]


@dataclass(frozen=True)
class MapGrid:
    """A grid of map cells over a slice.

    Cell ``(i, j)`` was computed at pixel ``(i * stride, j * stride)`` of the
    slice and stands for the ``stride x stride`` pixels around it.

    Parameters
    ----------
    slice_shape : tuple of (int, int)
        Height and width of the slice, in pixels.
    stride : int
        Distance between neighbouring cells, in pixels.
    """

    slice_shape: tuple[int, int]
    stride: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        height, width = self.slice_shape
        return -(-height // self.stride), -(-width // self.stride)

    def cells(self, values: NDArray, *, name: str) -> NDArray:
        """Return a map with one entry per cell.

        Parameters
        ----------
        values : ndarray of shape (height, width, ...) or (rows, columns, ...)
            A map laid out pixel by pixel, filled at every ``stride``-th pixel
            only, or one that has one entry per cell already.
        name : str
            Argument named in the message.

        Returns
        -------
        cells : ndarray of shape (rows, columns, ...)
            Its own memory where it is smaller than ``values``.

        Raises
        ------
        ValueError
            If ``values`` is laid out in neither way.
        """
        found = values.shape[:2]
        if found == self.slice_shape:
            return np.ascontiguousarray(values[:: self.stride, :: self.stride])
        if found == self.shape:
            return values
        raise ValueError(
            f"{name} has shape {found}, which fits neither the slice of shape "
            f"{self.slice_shape} nor its grid of shape {self.shape} at "
            f"stride={self.stride}; {_stride_hint(found, self.slice_shape)}"
        )

    def box(
        self, mapped: NDArray[np.bool_] | None = None, *, margin: float = 0.0
    ) -> Box:
        """Return the part of the slice to show.

        Parameters
        ----------
        mapped : ndarray of shape (rows, columns), dtype bool, or None
            Cells to enclose. None, or no cell at all: the whole slice.
        margin : float, default=0.0
            Width left free around them, as a fraction of the longer side.

        Returns
        -------
        box : Box

        Raises
        ------
        ValueError
            If ``margin`` is not in [0, 1].
        """
        check_fraction(margin, name="margin")
        height, width = self.slice_shape
        if mapped is None or not mapped.any():
            return Box(0, height, 0, width)
        rows, columns = np.nonzero(mapped)
        top, bottom = self._pixel_range(rows)
        left, right = self._pixel_range(columns)
        free = round(margin * max(bottom - top, right - left))
        return Box(
            max(0, top - free),
            min(height, bottom + free),
            max(0, left - free),
            min(width, right + free),
        )

    def shown(self, box: Box, *, max_side: int = MAX_SIDE) -> Shown:
        """Return which cells to draw so that they cover a box.

        Parameters
        ----------
        box : Box
            The part of the slice that is shown.
        max_side : int
            Most cells along its longer side; of a finer map, every n-th cell
            is drawn, and stands for its neighbours too.

        Returns
        -------
        shown : Shown
        """
        step = -(-max(box.height, box.width) // (self.stride * max_side))
        pitch = self.stride * step
        slices, edges = [], []
        for start, stop, n_cells in [
            (box.top, box.bottom, self.shape[0]),
            (box.left, box.right, self.shape[1]),
        ]:
            # One more at the end: a cell reaches only half a pitch from its pixel.
            last = min(n_cells, stop // self.stride + step + 1)
            kept = range(start // self.stride, last, step)
            slices.append(slice(kept.start, kept.stop, step))
            edges.append(kept[0] * self.stride - pitch / 2)
            edges.append(kept[-1] * self.stride + pitch / 2)
        top, bottom, left, right = edges
        return Shown((slices[0], slices[1]), (left, right, bottom, top))

    def _pixel_range(self, cells: NDArray[np.intp]) -> tuple[int, int]:
        half = self.stride // 2
        start = int(cells.min()) * self.stride - half
        return start, int(cells.max()) * self.stride - half + self.stride


def check_fraction(value: float, *, name: str) -> float:
    """Return an opacity or a margin.

    Raises
    ------
    ValueError
        If it is not in [0, 1].
    """
    if not 0 <= value <= 1:
        raise ValueError(f"{name}={value!r} must be between 0 and 1.")
    return value


def check_stride(stride: object) -> int:
    """Return a stride in pixels as an int.

    Raises
    ------
    TypeError
        If it is not an integer.
    ValueError
        If it is smaller than 1.
    """
    if isinstance(stride, bool) or not isinstance(stride, Integral):
        raise TypeError(f"stride={stride!r} must be an integer number of pixels.")
    if stride < 1:
        raise ValueError(f"stride={stride!r} must be 1 pixel or more.")
    return int(stride)


def _stride_hint(found: tuple[int, ...], slice_shape: tuple[int, int]) -> str:
    height, width = slice_shape
    for stride in range(1, max(slice_shape) + 1):
        if (-(-height // stride), -(-width // stride)) == found:
            return f"stride={stride} would fit."
    return "draw a map over the slice it was made from."
