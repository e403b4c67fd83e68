"""Pixels whose centre is inside a polygon, strip by strip."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation._optional import optional

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

_PIXELS_OF_A_STRIP = 2**23
_CROSSINGS_OF_A_STRIP = 2**21
_MOST_CROSSINGS = 10**8
_NEAR = 1e-6
_MOST_EXACT = 20_000


@dataclass(frozen=True)
class Filled:
    """Part of a picture, and which pixels of it are inside."""

    rows: slice
    cols: slice
    inside: NDArray[np.bool_]


def fill_polygon(
    polygon: "Polygon | MultiPolygon", shape: tuple[int, int]
) -> Iterator[Filled]:
    """Yield strips of the picture with the pixels whose centre is inside.

    A centre that lies exactly on an outline is not inside. Parts are united; in each,
    a centre is inside if it is so an odd number of times.
    """
    shapely = optional("shapely", "Filling outlines")
    for part in shapely.get_parts(polygon):
        rings = [part.exterior, *part.interiors]
        yield from _fill_rings(
            [np.asarray(ring.coords)[:, :2] for ring in rings], shape
        )


def _fill_rings(
    rings: list[NDArray[np.float64]], shape: tuple[int, int]
) -> Iterator[Filled]:
    """Yield strips for the rings of one part, (n, 2), x and y."""
    corners = np.concatenate(rings)
    low = np.floor(corners.min(axis=0)).astype(np.int64).clip(min=0)
    high = np.ceil(corners.max(axis=0)).astype(np.int64)
    (c0, r0), (c1, r1) = low, np.minimum(high, (shape[1], shape[0]))
    if c0 >= c1 or r0 >= r1:
        return
    edges = np.concatenate([np.hstack([ring[:-1], ring[1:]]) for ring in rings])
    first, stop = _rows_of_edges(edges, int(r0), int(r1))
    for a, b in _strips_of_rows(first, stop, int(r0), int(r1), int(c1 - c0)):
        inside = np.zeros((b - a, c1 - c0 + 1), dtype=np.int8)
        meets = (first < b) & (stop > a)
        steep = edges[meets]
        rows, left, right = _crossings(
            steep, np.maximum(first[meets], a), np.minimum(stop[meets], b)
        )
        np.add.at(inside, (rows[0::2] - a, _clip(right[0::2], c0, c1)), 1)
        np.add.at(inside, (rows[1::2] - a, _clip(left[1::2], c0, c1)), -1)
        filled = np.cumsum(inside[:, :-1], axis=1, dtype=np.int8) > 0
        _take_outline_off(filled, edges, corners, a, int(c0))
        yield Filled(slice(a, b), slice(int(c0), int(c1)), filled)


def _clip(cols: NDArray[np.int64], c0: int, c1: int) -> NDArray[np.int64]:
    return cols.clip(c0, c1) - c0


def _rows_of_edges(
    edges: NDArray[np.float64], r0: int, r1: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows that each edge crosses: the first, and the one after the last."""
    ys = edges[:, [1, 3]]
    first = np.ceil(ys.min(axis=1) - 0.5).clip(r0, r1).astype(np.int64)
    stop = np.ceil(ys.max(axis=1) - 0.5).clip(r0, r1).astype(np.int64)
    return first, stop


def _strips_of_rows(
    first: NDArray[np.int64], stop: NDArray[np.int64], r0: int, r1: int, width: int
) -> Iterator[tuple[int, int]]:
    """Yield rows (first, after the last) of strips that need little memory."""
    change = np.zeros(r1 - r0 + 1, dtype=np.int64)
    np.add.at(change, first - r0, 1)
    np.add.at(change, stop - r0, -1)
    crossings = np.cumsum(change[:-1])
    if crossings.sum() > _MOST_CROSSINGS:
        raise ValueError(
            f"an outline of {len(first)} corners crosses rows of pixels "
            f"{crossings.sum():.1e} times, which is no outline of a region"
        )
    # How many strips are full before a row, by crossings and by pixels.
    step = max(1, _PIXELS_OF_A_STRIP // width)
    full = (np.cumsum(crossings) - crossings) // _CROSSINGS_OF_A_STRIP
    full = full + np.arange(r1 - r0) // step
    starts = np.flatnonzero(np.diff(full, prepend=-1)) + r0
    yield from zip(starts.tolist(), [*starts[1:].tolist(), r1], strict=True)


def _crossings(
    edges: NDArray[np.float64], first: NDArray[np.int64], stop: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return where edges cross rows, by row and column: (row, col, col), each (n,).

    The first column is the first pixel whose centre is not left of the crossing, the
    second the first whose centre is right of it: they differ where it meets a centre.
    """
    counts = stop - first
    x0, y0, x1, y1 = np.repeat(edges, counts, axis=0).T
    ends = np.cumsum(counts)
    rows = np.arange(counts.sum()) + np.repeat(first - (ends - counts), counts)
    y = rows + 0.5
    x = x0 + (y - y0) * ((x1 - x0) / (y1 - y0))
    centre = np.floor(x)
    centre += np.rint(x - 0.5 - centre)
    near = np.flatnonzero(np.abs(x - 0.5 - centre) < _NEAR)
    left = np.ceil(x - 0.5)
    right = left.copy()
    side = _sides(np.stack([x0, y0, x1, y1, y, centre + 0.5])[:, near])
    left[near] = centre[near] + (side > 0)
    right[near] = centre[near] + (side >= 0)
    order = np.lexsort((x, rows))
    return (
        rows[order],
        left[order].astype(np.int64),
        right[order].astype(np.int64),
    )


def _sides(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1, 0 or -1: centres left of an edge, on it, or right, all but on it.

    Rows are x and y of the edge's ends, and y and x of the centre.
    """
    x0, y0, x1, y1, y, x = places
    cross = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
    # Where corners are on halves and quarters this is exact, elsewhere it is rounded.
    unsure = (places * 1024 != np.rint(places * 1024)).any(axis=0)
    for at in np.flatnonzero(unsure)[:_MOST_EXACT]:
        a, b, c, d, e, f = map(Fraction, places[:, at].tolist())
        cross[at] = float((c - a) * (e - b) - (d - b) * (f - a))
    return np.sign(cross) * np.sign(y1 - y0)


def _take_outline_off(
    inside: NDArray[np.bool_],
    edges: NDArray[np.float64],
    corners: NDArray[np.float64],
    r0: int,
    c0: int,
) -> None:
    """Take off, in place, centres that corners and level edges lie exactly on."""
    height, width = inside.shape
    centres = corners - 0.5
    on = (centres + 0.5 == corners) & (centres == np.rint(centres))
    cols, rows = (centres[on.all(axis=1)].astype(np.int64) - (c0, r0)).T
    here = (rows >= 0) & (rows < height) & (cols >= 0) & (cols < width)
    inside[rows[here], cols[here]] = False
    x0, y0, x1, y1 = edges.T
    row = y0 - 0.5 - r0
    level = (y0 == y1) & (row == np.rint(row)) & (row >= 0) & (row < height)
    for a, b, at in zip(x0[level], x1[level], row[level].astype(int), strict=True):
        first = max(int(np.ceil(min(a, b) - 0.5)) - c0, 0)
        inside[at, first : max(int(np.floor(max(a, b) - 0.5)) - c0 + 1, 0)] = False
