"""Tissue that is none of the regions: two greys in stripes, over any slice."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patches import Patch
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch.images._cell_grid import CellGrid, check_cells

# One of the two stands out from tissue, however bright it is.
GREYS = np.array([[0.85, 0.85, 0.85], [0.35, 0.35, 0.35]])
# Stripes over the longer side of a map.
_N_STRIPES = 250


def find_unknown(novelty: ArrayLike, grid: CellGrid) -> NDArray[np.bool_]:
    """Return which cells (rows, columns) are unlike all regions: a novelty above 1."""
    values = as_array("novelty", novelty)
    if values.dtype.kind not in "biuf":
        raise TypeError(f"novelty has dtype {values.dtype}; it holds real numbers.")
    if values.ndim != 2:
        raise ValueError(
            f"novelty has shape {values.shape}; it is 2-D (rows, columns)."
        )
    found: NDArray[np.bool_] = check_cells(values, grid, name="novelty") > 1
    return found


def stripe_unknown(
    codes: NDArray, unknown: NDArray[np.bool_], n_regions: int
) -> NDArray:
    """Return codes (rows, columns) with the two greys, after the regions, in stripes.

    Only where there is a region, which they take the place of.
    """
    rows, cols = np.ogrid[: codes.shape[0], : codes.shape[1]]
    width = max(1, round(max(codes.shape) / _N_STRIPES))
    stripes = n_regions + (rows + cols) // width % 2
    return np.where(unknown & (codes >= 0), stripes, codes)


def unknown_patch() -> Artist:
    """Return the legend entry."""
    return Patch(
        facecolor=tuple(GREYS[0]),
        edgecolor=tuple(GREYS[1]),
        hatch="//////",
        linewidth=0,
        label="unknown",
    )
