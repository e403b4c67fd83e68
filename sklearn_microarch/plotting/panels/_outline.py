"""Outlines of the regions of a label map, as line segments."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from sklearn_microarch.plotting.panels._grid import Box, MapGrid

# Cells along a panel's longer side, finer than which no print shows an outline.
_FINEST = 1500


def region_outline(codes: NDArray, *, step: int = 1) -> NDArray[np.float64]:
    """Return the borders between cells of different codes.

    Parameters
    ----------
    codes : ndarray of shape (rows, columns)
        Region of each cell, of any dtype that can be compared.
    step : int, default=1
        Distance between cells, in pixels: cell ``(i, j)`` is centred at pixel
        ``(i * step, j * step)``.

    Returns
    -------
    segments : ndarray of shape (n_segments, 2, 2), in pixels
        Two ends of each straight run of border, as (column, row). The outer
        edge of the map is no border.

    Examples
    --------
    >>> region_outline(np.array([[1, 2], [1, 2]])).tolist()
    [[[0.5, -0.5], [0.5, 1.5]]]
    """
    upright = _runs(codes[:, 1:] != codes[:, :-1])
    level = _runs((codes[1:] != codes[:-1]).T)[..., ::-1]
    return np.concatenate([upright, level]) * float(step)


def _runs(differs: NDArray[np.bool_]) -> NDArray[np.float64]:
    # One segment per run of True down a column; differs[i, j] is the border
    # between the cells (i, j) and (i, j + 1).
    columns = differs.T.astype(np.int8)
    steps = np.diff(columns, axis=1, prepend=0, append=0)
    at, start = np.nonzero(steps == 1)
    _, stop = np.nonzero(steps == -1)
    ends = [[at + 0.5, start - 0.5], [at + 0.5, stop - 0.5]]
    return np.moveaxis(np.array(ends, dtype=np.float64), 2, 0)


def draw_outline(ax: Axes, codes: NDArray, grid: MapGrid, box: Box) -> PathPatch:
    """Draw the outlines of a label map on a panel.

    Parameters
    ----------
    ax : matplotlib Axes
        The panel, whose limits stay as they are.
    codes : ndarray of shape (height, width) or (rows, columns)
        Codes for every pixel of the slice, or for every cell of the grid.
    grid : MapGrid
        The cells of the map it is drawn over.
    box : Box
        The part that the panel shows.

    Returns
    -------
    outline : matplotlib PathPatch
        Labelled for a legend.
    """
    step = grid.stride
    if codes.shape == grid.slice_shape:
        step = -(-max(box.height, box.width) // _FINEST)
        codes = codes[::step, ::step]
    segments = region_outline(codes, step=step)
    # One compound path, so that the dark casing lies under all of the white.
    moves = np.tile([Path.MOVETO, Path.LINETO], len(segments))
    outline = PathPatch(
        Path(segments.reshape(-1, 2), moves),
        fill=False,
        edgecolor="white",
        linewidth=1.0,
        capstyle="projecting",
        path_effects=[withStroke(linewidth=2.0, foreground="0.15")],
        label="reference",
        gid="reference",
    )
    ax.add_patch(outline)
    return outline
