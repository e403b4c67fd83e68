"""Outlines of ImageJ's ovals, rounded rectangles and composites."""

from itertools import pairwise
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.annotation._optional import optional
from sklearn_microarch.annotation.shapes._area_shape import FoundShapes
from sklearn_microarch.annotation.shapes._make_polygon import check_ring

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

_CORNERS_OF_AN_OVAL = 720
_PIECES_OF_A_CURVE = 16
# Coordinates that follow each command of a path: move, line, two kinds of curve, close.
_COUNTS = {0: 2, 1: 2, 2: 4, 3: 6, 4: 0}
_MOST_RINGS = 100_000
# One after the other takes time by the square of their number.
_RINGS_ONE_BY_ONE = 50


def oval(left: float, top: float, width: float, height: float) -> NDArray[np.float64]:
    """Return a polygon of the area of the oval in a rectangle, (n, 2)."""
    step = 2 * np.pi / _CORNERS_OF_AN_OVAL
    # Corners lie a little outside, so that what the chords cut off is made up for.
    stretch = np.sqrt(step / np.sin(step)) / 2
    angles = step * (np.arange(_CORNERS_OF_AN_OVAL) + 0.5)
    x = left + width / 2 + stretch * width * np.cos(angles)
    y = top + height / 2 + stretch * height * np.sin(angles)
    return np.column_stack([x, y])


def rounded_rectangle(
    left: float, top: float, width: float, height: float, arc: float
) -> NDArray[np.float64]:
    """Return a rectangle, (n, 2); `arc` is the diameter of its corners, 0 for sharp."""
    x, y = np.array([left, left + width]), np.array([top, top + height])
    if arc <= 0:
        return np.column_stack([x[[0, 1, 1, 0]], y[[0, 0, 1, 1]]])
    a, b = min(arc, width), min(arc, height)
    round_ = oval(0.0, 0.0, a, b)
    quarter = len(round_) // 4
    # Quarters of an oval, from the right end on: lower right, lower left, ...
    shifts = [
        (x[1] - a, y[1] - b),
        (x[0], y[1] - b),
        (x[0], y[0]),
        (x[1] - a, y[0]),
    ]
    return np.concatenate(
        [
            round_[i * quarter : (i + 1) * quarter] + shift
            for i, shift in enumerate(shifts)
        ]
    )


def composite_parts(
    path: ArrayLike, what: str, found: FoundShapes
) -> "Polygon | MultiPolygon | None":
    """Return the area of a path of several rings: a ring within another is a hole."""
    shapely = optional("shapely", "Reading ImageJ's composite regions")
    rings = [
        check_ring(ring, what)
        for ring in _rings_of_path(np.asarray(path, dtype=float).tolist(), what)
        if len(ring) >= 3
    ]
    if not rings:
        return None
    if len(rings) > _RINGS_ONE_BY_ONE:
        area = shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))
    else:
        area = _odd_times_enclosed(shapely, rings, what, found)
    pieces = [
        part
        for part in shapely.get_parts(shapely.get_parts(area))
        if part.geom_type == "Polygon" and part.area > 0
    ]
    if not pieces:
        return None
    return pieces[0] if len(pieces) == 1 else shapely.MultiPolygon(pieces)


def _odd_times_enclosed(
    shapely: ModuleType, rings: list[NDArray[np.float64]], what: str, found: FoundShapes
) -> "Polygon | MultiPolygon":
    """Return what an odd number of rings encloses; an even number makes a hole."""
    area = shapely.Polygon()
    for ring in rings:
        piece = shapely.Polygon(ring)
        if not shapely.is_valid(piece):
            found.mend("outlines that cross themselves were filled as drawn", what)
            piece = shapely.make_valid(piece)
        area = shapely.symmetric_difference(area, piece)
    return area


def _rings_of_path(path: list[float], what: str) -> list[list[tuple[float, float]]]:
    """Return the corners of each ring of a path of Java's, curves cut into pieces."""
    rings: list[list[tuple[float, float]]] = []
    at = 0
    while at < len(path):
        command = path[at]
        count = _COUNTS.get(command)  # type: ignore[call-overload]
        numbers = path[at + 1 : at + 1 + (count or 0)]
        if count is None or len(numbers) < count or (not rings and command != 0):
            raise ValueError(f"the outline of {what} is damaged")
        points = list(zip(numbers[0::2], numbers[1::2], strict=True))
        if command == 0:
            rings.append(points)
        elif command in (1, 2, 3):
            rings[-1] += _pieces([rings[-1][-1], *points])
        at += 1 + count
    if len(rings) > _MOST_RINGS:
        raise ValueError(f"the outline of {what} has {len(rings)} rings")
    return rings


def _pieces(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the corners of a line or a Bezier curve after its first point."""
    if len(points) == 2:
        return points[1:]
    t = np.linspace(0, 1, _PIECES_OF_A_CURVE + 1)[1:, np.newaxis]
    curves = [np.array(point)[np.newaxis] for point in points]
    while len(curves) > 1:
        curves = [a + t * (b - a) for a, b in pairwise(curves)]
    return [(float(x), float(y)) for x, y in curves[0]]
