"""Products of groups of rows, each group with a matrix of its own."""

import numpy as np
from numpy.typing import NDArray

# Rows of one matrix product. All are padded to it: of products of one shape, a
# row's result does not depend on the other rows.
_TILE = 8

# Tiles multiplied together: 512 matrices of 16 x 16 stay in a core's cache.
_TILES_PER_CHUNK = 512


def multiply_groups(
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
