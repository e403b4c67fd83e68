"""Collect scattered values into tiles, so that each is written about once."""

from collections import OrderedDict
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray


class TileCache:
    """Tiles of a channels-first array on disk, the latest of them in memory.

    ``array`` is ([n_channels,] height, width); ``tile`` is the edge of a tile in
    pixels, a multiple of the array's chunks; at most ``capacity`` tiles are held.
    """

    def __init__(self, array: Any, tile: int, fill: float, capacity: int) -> None:  # noqa: ANN401
        self._array, self._tile = array, tile
        self._fill, self._capacity = fill, capacity
        self._held: OrderedDict[tuple[int, int], NDArray] = OrderedDict()
        self._written: set[tuple[int, int]] = set()

    def write(
        self, rows: NDArray[np.integer], cols: NDArray[np.integer], values: NDArray
    ) -> None:
        """Take values of some pixels, of shape (b,) or (b, n_channels)."""
        tile = self._tile
        n_across = ceil(self._array.shape[-1] / tile)
        numbers = rows // tile * n_across + cols // tile
        for number in np.unique(numbers).tolist():
            row, col = divmod(number, n_across)
            here = np.flatnonzero(numbers == number)
            at = rows[here] - row * tile, cols[here] - col * tile
            self._get((row, col))[(..., *at)] = values[here].T

    def flush(self) -> None:
        """Write all tiles held."""
        while self._held:
            self._evict()

    def _get(self, key: tuple[int, int]) -> NDArray:
        if key not in self._held:
            if len(self._held) >= self._capacity:
                self._evict()
            where = self._where(key)
            if key in self._written:
                self._held[key] = np.array(self._array[where])
            else:
                *leading, height, width = self._array.shape
                size = (
                    min(self._tile, height - key[0] * self._tile),
                    min(self._tile, width - key[1] * self._tile),
                )
                self._held[key] = np.full(
                    (*leading, *size), self._fill, dtype=self._array.dtype
                )
        self._held.move_to_end(key)
        return self._held[key]

    def _evict(self) -> None:
        key, values = self._held.popitem(last=False)
        self._array[self._where(key)] = values
        self._written.add(key)

    def _where(self, key: tuple[int, int]) -> tuple[Any, ...]:
        row, col = (at * self._tile for at in key)
        return ..., slice(row, row + self._tile), slice(col, col + self._tile)
