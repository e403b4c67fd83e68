"""Lay mapped values out in arrays, in memory or in files."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.mapping._maps import MicroarchMaps
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.sampling import map_fill

KINDS = ("factors", "clusters", "region_probabilities")


class ArraySink:
    """Takes values at pixels, in any order, into arrays of the slice's size.

    Parameters
    ----------
    maps : MicroarchMaps
        Without values yet.
    sample : MappedRows
        One row, of the kinds and types to come.
    folder : Path or None, default=None
        Keep the arrays in files there instead of in memory.

    Attributes
    ----------
    memory : int, unit: bytes
        That the arrays take.
    """

    def __init__(
        self, maps: MicroarchMaps, sample: MappedRows, folder: Path | None = None
    ) -> None:
        self._maps = maps
        self._laid: dict[str, NDArray] = {}
        for kind in KINDS:
            values = getattr(sample, kind)
            if values is not None:
                shape = (*maps.image.shape, *values.shape[1:])
                path = None if folder is None else folder / f"{kind}.npy"
                self._laid[kind] = _blank(shape, values.dtype, path)
        self.memory = map_memory(maps, sample) if folder is None else 0

    def write(
        self, rows: NDArray[np.integer], cols: NDArray[np.integer], mapped: MappedRows
    ) -> None:
        """Take the values of some pixels, named by row and column of the slice."""
        for kind, laid in self._laid.items():
            laid[rows, cols] = getattr(mapped, kind)

    def result(self) -> MicroarchMaps:
        """Return the maps, with values."""
        return self._maps.replace(**self._laid)


def map_memory(maps: MicroarchMaps, sample: MappedRows) -> int:
    """Return the bytes that maps take as arrays, one value for each pixel."""
    height, width = maps.image.shape
    rows = [getattr(sample, kind) for kind in KINDS]
    return height * width * sum(row.nbytes for row in rows if row is not None)


def _blank(shape: tuple[int, ...], dtype: np.dtype, path: Path | None) -> NDArray:
    kept_as, fill = map_fill(dtype)
    if path is None:
        return np.full(shape, fill, dtype=kept_as)
    laid = np.lib.format.open_memmap(path, "w+", dtype=kept_as, shape=shape)
    laid[...] = fill
    return laid
