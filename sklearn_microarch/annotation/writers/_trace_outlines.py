"""Outlines of a region on the edges of its pixels."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

if TYPE_CHECKING:
    Corner = tuple[int, int]
    Ring = list[Corner]


def trace_outlines(inside: NDArray[np.bool_]) -> "list[list[Ring]]":
    """Return polygons, each an outline and its holes, of corners (x, y) of pixels.

    Pixels that meet at a corner only are apart. Filled, they are the pixels again.
    """
    padded = np.pad(inside, 1)
    parts, n_parts = ndimage.label(padded)
    outlines: list[Ring | None] = [None] * (n_parts + 1)
    holes: list[list[Ring]] = [[] for _ in range(n_parts + 1)]
    for ring in _rings(padded):
        # The highest corner, of those the leftmost: what is below and right of it?
        x, y = min(ring, key=lambda corner: (corner[1], corner[0]))
        part = parts[y + 1, x + 1]
        if part:
            outlines[part] = ring
        else:
            holes[parts[y, x + 1]].append(ring)
    return [
        [outline, *holes[part]]
        for part, outline in enumerate(outlines)
        if outline is not None
    ]


def _rings(padded: NDArray[np.bool_]) -> "list[Ring]":
    """Return closed rings of corners, none of which meets itself."""
    rows, cols, across, along = _links(padded)
    left = np.ones(len(rows), dtype=bool).tolist()
    corners = list(zip(cols.tolist(), rows.tolist(), strict=True))
    across_, along_ = across.tolist(), along.tolist()
    rings: list[Ring] = []
    for start in range(len(corners)):
        if not left[start]:
            continue
        way: list[int] = []
        at = start
        while left[at]:
            there = across_[at]
            left[at] = left[there] = False
            way += [at, there]
            at = along_[there]
        rings += _apart([corners[node] for node in way])
    return rings


def _apart(way: "Ring") -> "list[Ring]":
    """Return a closed way that may touch itself as rings that do not, all closed."""
    rings: list[Ring] = []
    kept: Ring = []
    place: dict[Corner, int] = {}
    for corner in [*way, way[0]]:
        if corner in place:
            first = place[corner]
            loop = kept[first:]
            for passed in loop:
                del place[passed]
            del kept[first:]
            rings.append([*loop, corner])
        place[corner] = len(kept)
        kept.append(corner)
    return rings


def _links(
    padded: NDArray[np.bool_],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns (n,) of corners, and their partners across and along.

    Where two pixels meet at a corner only, it is there twice, once for each.
    """
    a, b = padded[:-1, :-1], padded[:-1, 1:]
    c, d = padded[1:, :-1], padded[1:, 1:]
    single = (a ^ b) ^ (c ^ d)
    double = (a == d) & (b == c) & (a != b)
    rows1, cols1 = np.nonzero(single)
    rows2, cols2 = np.nonzero(double)
    # Whether the outline goes on to the right, and downwards.
    right = (b ^ d)[rows1, cols1]
    down = (c ^ d)[rows1, cols1]
    falling = a[rows2, cols2]
    rows = np.concatenate([rows1, rows2, rows2])
    cols = np.concatenate([cols1, cols2, cols2])
    false, true = np.zeros(len(rows2), bool), np.ones(len(rows2), bool)
    rights = np.concatenate([right, false, true])
    # The left pixel's corner goes up if that pixel is the upper one, else down.
    downs = np.concatenate([down, ~falling, falling])
    across = _partners(np.lexsort((rights, cols, rows)))
    along = _partners(np.lexsort((downs, rows, cols)))
    return rows, cols, across, along


def _partners(order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return which corner each is joined to: in order, first to second, and so on."""
    partners = np.empty(len(order), dtype=np.intp)
    partners[order[0::2]] = order[1::2]
    partners[order[1::2]] = order[0::2]
    return partners
