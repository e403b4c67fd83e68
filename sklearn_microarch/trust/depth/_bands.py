"""Bands of equal depth along the cortex."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.trust._tissue_cells import TissueCells

# So many bands at least; of thick cortex, each about as thick as a cell.
_LEAST_BANDS, _MOST_BANDS = 4, 60
# A band of fewer cells has no waves to move.
_LEAST_CELLS = 8


@dataclass(frozen=True, eq=False)
class DepthBands:
    """Cells (m) of known depth, sorted by band and along the cortex in each.

    ``order`` (m,) tells which of the cells these are; ``slices``, ``bands`` and
    ``lengths`` (m,) are of the band that each one is in, ``ranks`` its place there.
    """

    order: NDArray[np.int64]
    slices: NDArray[np.int64]
    bands: NDArray[np.int64]
    lengths: NDArray[np.int64]
    ranks: NDArray[np.int64]


def find_bands(cells: TissueCells) -> DepthBands:
    """Return the bands of annotated cells of known depth, of each slice its own."""
    kept = np.flatnonzero(np.isfinite(cells.depths) & cells.annotated)
    slices, depth = cells.at[kept, 0], cells.depths[kept]
    along, band = np.empty(len(kept)), np.empty(len(kept), dtype=np.int64)
    for index in np.unique(slices).tolist():
        here = slices == index
        n_bands = _count_bands(cells, index)
        edges = np.quantile(depth[here], np.linspace(0, 1, n_bands + 1)[1:-1])
        band[here] = np.searchsorted(edges, depth[here], side="right")
        along[here] = _along_bands(cells.at[kept[here], 1:].astype(float), band[here])
    order = np.lexsort((along, band, slices))
    keys = np.column_stack([slices[order], band[order]])
    _, starts, number, counts = np.unique(
        keys, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    number = number.reshape(-1)
    long = counts[number] >= _LEAST_CELLS
    ranks = np.arange(len(order)) - starts[number]
    return DepthBands(
        order=kept[order][long],
        slices=slices[order][long],
        bands=np.unique(number[long], return_inverse=True)[1].reshape(-1),
        lengths=counts[number][long],
        ranks=ranks[long],
    )


def _along_bands(
    places: NDArray[np.float64], bands: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return how far along its band each place (m, 2) lies: on the band's long axis."""
    found, axis = np.empty(len(places)), np.zeros(2)
    # The cortex as a whole may be thicker than it is long.
    for band in np.unique(bands).tolist():
        here = bands == band
        centred = places[here] - places[here].mean(axis=0)
        first = np.linalg.svd(centred, full_matrices=False)[2][0]
        # All bands run the same way.
        axis = -first if first @ axis < 0 else first
        found[here] = centred @ axis
    return found


def _count_bands(cells: TissueCells, index: int) -> int:
    """Return about how many cells the cortex of a slice is thick."""
    grid = cells.lay_out(cells.depths, index, np.nan)
    steps = [np.diff(grid, axis=axis) for axis in (0, 1)]
    slope = np.hypot(steps[0][:, :-1], steps[1][:-1, :])
    known = slope[np.isfinite(slope) & (slope > 0)]
    if not len(known):
        return _LEAST_BANDS
    thick = (np.nanmax(grid) - np.nanmin(grid)) / np.median(known)
    return int(np.clip(round(float(thick)), _LEAST_BANDS, _MOST_BANDS))
