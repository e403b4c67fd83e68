"""Rings of numbers made into a polygon, mended where that is safe."""

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation._optional import optional
from sklearn_microarch.annotation.shapes._area_shape import FoundShapes

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

# Further from the corner, neither pixels nor halves of them can be told apart.
_FARTHEST = 1e9
# Mending by crossings takes time and memory by the square of the corners.
_CORNERS_TO_MEND = 500
# So does the looking for crossings, where there are that many.
_CORNERS_TO_CHECK = 50_000


def check_ring(ring: object, what: str) -> NDArray[np.float64]:
    """Return corners (n, 2) of a ring; an error names what it is of."""
    corners = np.array(ring, dtype=np.float64)
    if corners.size == 0:
        return np.empty((0, 2))
    if corners.ndim != 2 or corners.shape[1] < 2:
        raise ValueError(f"the outline of {what} is no list of points (x, y)")
    corners = corners[:, :2]
    if not (np.abs(corners) < _FARTHEST).all():
        raise ValueError(f"the outline of {what} has a point that is no place (x, y)")
    return corners


def make_polygon(
    parts: Sequence[Sequence[NDArray[np.float64]]], what: str, found: FoundShapes
) -> "Polygon | MultiPolygon | None":
    """Return the polygon of parts, each an outline and its holes; None for no area."""
    shapely = optional("shapely", "Reading outlines")
    polygons = []
    for rings in parts:
        kept = [ring for ring in rings if _has_area(ring)]
        # A part whose outline is no area has holes in nothing.
        if not kept or kept[0] is not rings[0]:
            continue
        if any((ring[0] != ring[-1]).any() for ring in kept):
            found.mend("unclosed outlines were closed", what)
        polygons.append(shapely.Polygon(kept[0], kept[1:]))
    if not polygons:
        return None
    whole = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    if sum(map(shapely.get_num_coordinates, polygons)) > _CORNERS_TO_CHECK:
        return shapely.MultiPolygon(polygons)
    if shapely.is_valid(whole):
        return whole if whole.area > 0 else None
    found.mend("outlines that cross themselves were filled as drawn", what)
    return _mended(shapely, polygons)


def _has_area(ring: NDArray[np.float64]) -> bool:
    """Return whether a ring has three corners that differ."""
    return len(ring) >= 3 and len(np.unique(ring[:1000], axis=0)) >= 3


def _mended(
    shapely: ModuleType, polygons: list["Polygon"]
) -> "Polygon | MultiPolygon | None":
    """Return what self-crossing outlines enclose, parts united."""
    if sum(shapely.get_num_coordinates(part) for part in polygons) > _CORNERS_TO_MEND:
        # Filled by the same rule, that every second crossing leaves the area.
        return shapely.MultiPolygon(polygons)
    valid = shapely.make_valid(polygons)
    united = shapely.union_all(valid)
    areas = [
        part
        for part in shapely.get_parts(shapely.get_parts(united))
        if part.geom_type == "Polygon" and part.area > 0
    ]
    if not areas:
        return None
    return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)
