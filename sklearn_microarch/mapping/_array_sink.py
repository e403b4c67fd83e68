"""Lay mapped values out in arrays in memory."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.sampling._lay_out import map_fill

KINDS = ("factors", "clusters", "region_probabilities")


class ArraySink:
    """Takes values at pixels, in any order, into arrays of the slice's size.

    Parameters
    ----------
    maps : MicroarchMaps
        Without values yet.
    sample : MappedRows
        One row, of the kinds and types to come.

    Raises
    ------
    TypeError
        If values are neither numbers nor text.
    """

    def __init__(self, maps: MicroarchMaps, sample: MappedRows) -> None:
        self._maps = maps
        self._laid: dict[str, NDArray] = {}
        for kind in KINDS:
            values = getattr(sample, kind)
            if values is not None:
                dtype, fill = map_fill(values.dtype)
                shape = (*maps.image.shape, *values.shape[1:])
                self._laid[kind] = np.full(shape, fill, dtype=dtype)

    def write(
        self, rows: NDArray[np.integer], cols: NDArray[np.integer], mapped: MappedRows
    ) -> None:
        """Take the values of some pixels, named by row and column of the slice."""
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
    """Return the bytes that each kind of map takes as an array.

    Parameters
    ----------
    shape : tuple of int, unit: pixels
        Height and width of the slice.
    sample : MappedRows
        One row, of the kinds and types to come.
    """
    needed = {}
    for kind in KINDS:
        values = getattr(sample, kind)
        if values is not None:
            dtype, _ = map_fill(values.dtype)
            needed[kind] = shape[0] * shape[1] * values.size * dtype.itemsize
    return needed
