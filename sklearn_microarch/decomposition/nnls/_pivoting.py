"""Block principal pivoting of many rows, grouped by their supports."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.decomposition.nnls._support_codes import (
    encode_supports,
    sort_codes,
)
from sklearn_microarch.decomposition.nnls._support_table import MARGIN, SupportTable

# Rows of one matrix product. All are padded to it: of products of one shape, a
# row's result does not depend on the other rows.
_TILE = 8

# Tiles multiplied together: 512 matrices of 16 x 16 stay in a core's cache.
_TILES_PER_CHUNK = 512

# A round must settle this share of its rows for each column, or the rest is left: what
# a round costs beside a row solved by itself grows with the columns.
_SETTLED_PER_COLUMN = 1 / 128

# Rows on which that is tried first.
_PROBE = 16


def solve_by_pivoting(
    projections: NDArray[np.float64],
    codes: NDArray[np.unsignedinteger],
    scale: NDArray[np.float64],
    table: SupportTable,
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Exchange all components that break an optimality condition, until none does.

    Return loadings where positive and descents where negative (n_samples, n_columns),
    and the rows whose support is not certain, or was not found. Loadings do not depend
    on the guess of the support. `scale` is positive.
    """
    settled_enough = _SETTLED_PER_COLUMN * projections.shape[1]
    probe = slice(None, None, -(-len(projections) // _PROBE))
    _, certain, _ = exchange(projections[probe], codes[probe], scale[probe], table)
    if certain.mean() < settled_enough:
        return projections, np.arange(len(projections))
    solution, certain, further = exchange(projections, codes, scale, table)
    live = np.flatnonzero(~certain)
    while len(live) and certain.mean() >= settled_enough:
        exchanged, certain, further = exchange(
            projections[live], further[~certain], scale[live], table
        )
        solution[live[certain]] = exchanged[certain]
        live = live[~certain]
    return solution, live


def exchange(
    projections: NDArray[np.float64],
    codes: NDArray[np.unsignedinteger],
    scale: NDArray[np.float64],
    table: SupportTable,
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.unsignedinteger]]:
    """Return solutions of rows on supports, which are certain, and what to try.

    A support is certain when every loading in it exceeds the margin, and no descent
    outside it exceeds what keeps any other support from being certain. The solution
    (n_samples, n_columns) holds loadings on the support and descents elsewhere.
    """
    solution = _multiply(projections, codes, table)
    further = encode_supports(solution > (MARGIN * scale)[:, np.newaxis])
    limit = (table.largest_descent * scale)[:, np.newaxis]
    certain = (further == codes) & (encode_supports(solution > limit) == codes)
    return solution, certain, further


def _multiply(
    projections: NDArray[np.float64],
    codes: NDArray[np.unsignedinteger],
    table: SupportTable,
) -> NDArray[np.float64]:
    """Multiply each row by the matrix of its support."""
    order = sort_codes(codes)
    arranged = codes[order]
    first = np.flatnonzero(np.append(True, arranged[1:] != arranged[:-1]))
    counts = np.diff(np.append(first, len(codes)))
    solution = np.empty_like(projections)
    # All groups at once, but for data in which nearly every row has its own.
    bounds = [*range(0, len(first), table.max_supports), len(first)]
    for begin, end in pairwise(bounds):
        rows = order[first[begin] : first[begin] + counts[begin:end].sum()]
        matrices, places = table.look_up(arranged[first[begin:end]])
        _multiply_groups(
            projections, rows, counts[begin:end], matrices, places, out=solution
        )
    return solution


def _multiply_groups(
    projections: NDArray[np.float64],
    rows: NDArray[np.intp],
    counts: NDArray[np.intp],
    matrices: NDArray[np.float64],
    places: NDArray[np.intp],
    *,
    out: NDArray[np.float64],
) -> None:
    """Multiply consecutive groups of the rows, each by its own matrix.

    Groups are padded to whole tiles with copies of their last row.
    """
    n_tiles = -(-counts // _TILE)
    last = np.cumsum(counts) - 1
    behind = np.cumsum(n_tiles * _TILE) - 1 - last
    behind -= n_tiles * _TILE - counts
    slots = np.arange(n_tiles.sum() * _TILE)
    slots -= np.repeat(behind, n_tiles * _TILE)
    np.minimum(slots, np.repeat(last, n_tiles * _TILE), out=slots)
    slots = rows.take(slots)
    tile_places = np.repeat(places, n_tiles)
    for start in range(0, len(tile_places), _TILES_PER_CHUNK):
        chunk = matrices.take(tile_places[start : start + _TILES_PER_CHUNK], axis=0)
        taken = slots[start * _TILE : (start + len(chunk)) * _TILE]
        tiles = projections.take(taken, axis=0)
        products = np.matmul(tiles.reshape(-1, _TILE, tiles.shape[1]), chunk)
        out[taken] = products.reshape(tiles.shape)
