"""Depth of a region's cells, their thickness, and where neither is to be trusted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.anatomy.laminar._border_faces import (
    PIA,
    SIDES,
    WALL,
    WHITE,
    BorderFaces,
)
from sklearn_microarch.anatomy.laminar._curvature import curvature_of
from sklearn_microarch.anatomy.laminar._depth_status import (
    CURVED,
    KNOWN,
    NEAR_WALL,
    NOT_BETWEEN,
)
from sklearn_microarch.anatomy.laminar._laplace import (
    slopes,
    solve_potential,
    sum_along_streamlines,
)


@dataclass(frozen=True, eq=False)
class DepthOfCells:
    """Depth of a region's cells, all arrays (rows, columns)."""

    depth: NDArray[np.float64]  # NaN where there is none
    thickness: NDArray[np.float64]  # along the streamline, in cells
    status: NDArray[np.uint8]  # codes of `DEPTH_STATUS`


def between_both(faces: BorderFaces) -> BorderFaces:
    """Return the connected parts of a region that reach pia and white matter."""
    parts, _ = ndimage.label(faces.inside)
    both = np.intersect1d(parts[faces.along(PIA)], parts[faces.along(WHITE)])
    inside = np.isin(parts, both) & faces.inside
    return BorderFaces(inside, faces.sides * inside)


def depth_of_cells(
    faces: BorderFaces, *, equal_volume: bool, edge: float, most_curved: float
) -> DepthOfCells:
    """Return depths by Laplace's equation; see `laminar_depth` for the limits."""
    inside = faces.inside
    joined = between_both(faces)
    depth, thickness = np.full(inside.shape, np.nan), np.full(inside.shape, np.nan)
    status = np.where(inside, np.uint8(NOT_BETWEEN), np.uint8(0))
    cells = joined.inside
    direction, slope = slopes(joined, solve_potential(joined))
    ones = np.ones(len(slope))
    lengths = _both_ways(joined, direction, ones)
    thickness[cells] = lengths.sum(axis=0)
    # A bundle of streamlines is as wide as the slope is gentle.
    parts = _both_ways(joined, direction, 1 / slope) if equal_volume else lengths
    depth[cells] = parts[0] / parts.sum(axis=0)
    usual = float(np.median(thickness[cells]))
    curved = np.zeros(inside.shape, dtype=bool)
    curved[cells] = np.abs(curvature_of(cells, direction, usual)) > most_curved
    status[cells] = KNOWN
    status[cells & curved] = CURVED
    status[cells & (_from_walls(faces) < edge * usual)] = NEAR_WALL
    return DepthOfCells(depth, thickness, status)


def _both_ways(
    faces: BorderFaces, direction: NDArray[np.float64], rate: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return sums from the pia, and from the white matter, (2, n_cells)."""
    return np.stack(
        [
            sum_along_streamlines(faces, direction, rate, PIA),
            sum_along_streamlines(faces, -direction, rate, WHITE),
        ]
    )


def _from_walls(faces: BorderFaces) -> NDArray[np.float64]:
    """Return the distance of each cell to the nearest wall, in cells."""
    walls = np.zeros(faces.inside.shape, dtype=bool)
    for kinds, (down, right) in zip(faces.sides, SIDES, strict=True):
        beyond = faces.inside & (kinds == WALL)
        # Around the region lies an empty row and column, so that nothing wraps.
        walls |= np.roll(beyond, (down, right), axis=(0, 1))
    if not walls.any():
        return np.full(walls.shape, np.inf)
    return np.asarray(ndimage.distance_transform_edt(~walls)) - 0.5
