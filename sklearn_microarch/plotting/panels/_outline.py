"""Outlines of the regions of a label map, as line segments."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.images._cell_grid import CellGrid, check_cells
from sklearn_microarch.plotting.panels._grid import Box
from sklearn_microarch.plotting.panels._page import line_scale
from sklearn_microarch.sampling._lay_out import check_plane

# Cells along a panel's longer side, finer than which no print shows an outline.
_FINEST = 1500


def region_outline(
    codes: NDArray, *, cell_size: float = 1.0, offset: tuple[float, float] = (0.0, 0.0)
) -> NDArray[np.float64]:
    """Return the borders (n, 2, 2) between cells (rows, columns) of different codes.

    Two ends of each straight run of border, as (column, row) in pixels of the slice.
    The outer edge of the map is no border.
    """
    upright = _runs(codes[:, 1:] != codes[:, :-1])
    level = _runs((codes[1:] != codes[:-1]).T)[..., ::-1]
    return np.concatenate([upright, level]) * cell_size + offset[::-1]


def _runs(differs: NDArray[np.bool_]) -> NDArray[np.float64]:
    # One segment per run of True down a column; differs[i, j] is the border
    # between the cells (i, j) and (i, j + 1).
    columns = differs.T.astype(np.int8)
    steps = np.diff(columns, axis=1, prepend=0, append=0)
    at, start = np.nonzero(steps == 1)
    _, stop = np.nonzero(steps == -1)
    ends = [[at + 0.5, start - 0.5], [at + 0.5, stop - 0.5]]
    return np.moveaxis(np.array(ends, dtype=np.float64), 2, 0)


def check_reference(reference: ArrayLike, grid: CellGrid) -> NDArray:
    """Return a map of regions, (height, width) of the slice or (rows, columns)."""
    codes = check_plane("reference", reference)
    if codes.ndim != 2:
        raise ValueError(
            f"reference has shape {codes.shape}; it is 2-D, with a code for each pixel "
            "of the slice or for each cell."
        )
    if codes.dtype.kind not in "biufU":
        raise TypeError(
            f"reference has dtype {codes.dtype}; it holds codes (numbers) or names of "
            "regions."
        )
    if codes.dtype.kind == "f" and np.isnan(codes).any():
        # Which would be a region of its own at each pixel.
        raise ValueError(
            f"reference holds NaN at {int(np.isnan(codes).sum())} pixels; give what is "
            "no region a code of its own, such as -1."
        )
    if codes.shape == grid.slice_shape:
        return codes
    return check_cells(codes, grid, name="reference")


def draw_outline(ax: Axes, codes: NDArray, grid: CellGrid, box: Box) -> PathPatch:
    """Draw the outlines of a label map on a panel, whose limits stay as they are.

    ``codes`` are of every pixel of the slice, or of every cell of the grid.
    """
    if codes.shape == grid.slice_shape:
        step = -(-max(box.height, box.width) // _FINEST)
        segments = region_outline(codes[::step, ::step], cell_size=step)
    else:
        segments = region_outline(codes, cell_size=grid.cell_size, offset=grid.offset)
    # One compound path, so that the dark casing lies under all of the white.
    moves = np.tile([Path.MOVETO, Path.LINETO], len(segments))
    outline = PathPatch(
        Path(segments.reshape(-1, 2), moves),
        fill=False,
        edgecolor="white",
        linewidth=line_scale(),
        capstyle="projecting",
        path_effects=[withStroke(linewidth=2.0 * line_scale(), foreground="0.15")],
        label="reference",
        gid="reference",
    )
    ax.add_patch(outline)
    return outline
