"""Lay mapped values out in arrays in memory."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.mapping._microarch_maps import KINDS, MicroarchMaps
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.sampling._lay_out import map_fill


class ArraySink:
    """Takes values of cells, in any order, into arrays.

    ``maps`` are without values yet, ``sample`` is one row of the kinds and dtypes to
    come; TypeError where those are neither numbers nor text.
    """

    def __init__(self, maps: MicroarchMaps, sample: MappedRows) -> None:
        self._maps = maps
        self._laid: dict[str, NDArray] = {}
        # Regions are found as rows come, where their probabilities are at hand.
        for kind in (*KINDS, "predicted_regions"):
            values = getattr(sample, kind)
            if values is not None:
                dtype, fill = map_fill(values.dtype)
                shape = (*maps.grid.shape, *values.shape[1:])
                self._laid[kind] = np.full(shape, fill, dtype=dtype)

    def write(
        self, rows: NDArray[np.integer], cols: NDArray[np.integer], mapped: MappedRows
    ) -> None:
        """Take values of cells, whose rows and columns in the grid are (b,) each."""
        for kind in self._laid:
            values = getattr(mapped, kind)
            if values.dtype.kind == "U" and values.dtype > self._laid[kind].dtype:
                # A name longer than all before would be cut.
                self._laid[kind] = self._laid[kind].astype(values.dtype)
            self._laid[kind][rows, cols] = values

    def result(self) -> MicroarchMaps:
        """Return the maps, with values."""
        return self._maps.replace(**self._laid)


def map_memory(shape: tuple[int, int], sample: MappedRows) -> dict[str, int]:
    """Return the bytes that each kind of map of (rows, columns) cells takes."""
    n_cells, needed = shape[0] * shape[1], {}
    for kind in (*KINDS, "predicted_regions"):
        values = getattr(sample, kind)
        if values is not None:
            dtype, _ = map_fill(values.dtype)
            needed[kind] = n_cells * values.size * dtype.itemsize
    return needed
