"""Which region each cell of a map is of: as annotated, or as predicted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation._grid_places import nearest
from sklearn_microarch.images._cell_grid import CellGrid
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.sampling.regions._placed_codes import Names, PlacedCodes
from sklearn_microarch.sampling.regions._slice_regions import Rois, place_regions


@dataclass(frozen=True, eq=False)
class CellRegions:
    """Regions of the cells of one slice, as numbers of ``names``."""

    # (rows, columns), -1 where none.
    cells: NDArray[np.int32]
    names: list[str]


def predicted_cells(maps: MicroarchMaps) -> CellRegions:
    """Return the most probable region of each cell."""
    found = np.asarray(maps.predicted_regions).astype(np.int32)
    return CellRegions(found, list(maps.region_names))


def annotated_cells(
    rois: Rois,
    several: Sequence[MicroarchMaps],
    names: Names,
    *,
    unannotated_code: int,
) -> list[CellRegions]:
    """Return the regions of each slice's cells, looked up where the cells lie."""
    images = [maps.image for maps in several]
    regions = place_regions(rois, images, names, unannotated_code=unannotated_code)
    codes = regions.codes
    if not codes:
        raise ValueError("rois holds no region: all its pixels are unannotated.")
    called = [str(regions.title(code)) for code in codes]
    return [
        CellRegions(_numbers(_look_up(placed, maps.grid), codes), called)
        for placed, maps in zip(regions.placed, several, strict=True)
    ]


def _look_up(placed: PlacedCodes, grid: CellGrid) -> NDArray[np.int64]:
    """Return the code (rows, columns) at each cell's sample, -1 where none."""
    rows, cols = (
        first + grid.cell_size * np.arange(length, dtype=np.float64)
        for first, length in zip(grid.offset, grid.shape, strict=True)
    )
    if placed.is_on_grid:
        rows, cols = (
            nearest(at).clip(0, length - 1)
            for at, length in zip((rows, cols), placed.shape, strict=True)
        )
    return placed.at(rows[:, np.newaxis], cols[np.newaxis])


def _numbers(found: NDArray[np.int64], codes: Sequence[int]) -> NDArray[np.int32]:
    """Return codes as their places among the sorted ``codes``, -1 for none."""
    at = np.searchsorted(codes, found).clip(max=len(codes) - 1)
    return np.where(np.asarray(codes)[at] == found, at, -1).astype(np.int32)
