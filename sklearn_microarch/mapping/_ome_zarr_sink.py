"""Write maps to an OME-Zarr image as they are computed."""

from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images import OmeZarrWriter
from sklearn_microarch.images.lazy._block_cache import read_bands
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.mapping.reading._open_maps import (
    CLUSTERS,
    NOVELTY,
    REGIONS,
    SLICE,
    open_maps,
)
from sklearn_microarch.mapping.sinks._stored_kinds import (
    CLUSTER_TYPE,
    FACTORS,
    MOST_PROBABLE,
    StoredKind,
    as_labels,
    stored_as,
    stored_kinds,
)
from sklearn_microarch.mapping.sinks._tiles import TileCache

TILE = 512


class OmeZarrSink:
    """Takes values of cells, in any order; each becomes a pixel of the image.

    ``maps`` are without values yet, ``sample`` is one row of the kinds and dtypes to
    come; `stored_kinds` says which images there are.
    """

    def __init__(
        self,
        writer: OmeZarrWriter,
        maps: MicroarchMaps,
        sample: MappedRows,
    ) -> None:
        self._writer, self._maps = writer, maps
        self._caches: dict[str, TileCache] = {}
        for one in stored_kinds(maps, sample):
            if one.kind == SLICE:
                self._write_slice(one)
            elif one.is_label:
                name, about = one.group.removeprefix("labels/"), one.properties
                label = writer.add_label(name, dtype=one.dtype, properties=about)
                self._keep(one.kind, label, 0)
            else:
                image = writer.add_image(
                    one.channels, dtype=one.dtype, group=one.group, window=one.window
                )
                self._keep(one.kind, image, np.nan)

    def write(
        self, rows: NDArray[np.integer], cols: NDArray[np.integer], mapped: MappedRows
    ) -> None:
        """Take values of cells, whose rows and columns in the grid are (b,) each.

        ValueError where a cluster is no number that a label image can hold.
        """
        at = rows, cols
        probabilities, regions = mapped.region_probabilities, mapped.predicted_regions
        if mapped.factors is not None:
            self._caches[FACTORS].write(*at, mapped.factors)
        if mapped.clusters is not None:
            self._caches[CLUSTERS].write(*at, as_labels(mapped.clusters))
        if probabilities is not None and regions is not None:
            self._caches[REGIONS].write(*at, probabilities)
            self._caches[MOST_PROBABLE].write(*at, regions + 1)
        if mapped.novelty is not None:
            self._caches[NOVELTY].write(*at, mapped.novelty)

    def flush(self) -> None:
        """Write what is still in memory."""
        for cache in self._caches.values():
            cache.flush()

    def result(self) -> MicroarchMaps:
        """Return the maps as they lie on disk, read when needed."""
        return open_maps(self._writer.path).replace(image=self._maps.image)

    def _write_slice(self, kind: StoredKind) -> None:
        image = self._maps.image
        # As it was given, pixel by pixel, whatever the cells of the maps.
        array = self._writer.add_image(
            kind.channels,
            dtype=kind.dtype,
            group=kind.group,
            shape=image.shape,
            cell_size=1.0,
            offset=(0.0, 0.0),
        )
        for rows, pixels in read_bands(image):
            planes = pixels.reshape(len(kind.channels), *pixels.shape[-2:])
            array[:, rows] = planes.astype(array.dtype, copy=False)

    def _keep(self, kind: str, array: Any, fill: float) -> None:  # noqa: ANN401
        n_tiles = _n_tiles(array.shape[-2:])
        self._caches[kind] = TileCache(array, TILE, fill, capacity=n_tiles)


def tile_memory(shape: tuple[int, int], sample: MappedRows) -> int:
    """Return the bytes that tiles of (rows, columns) cells, not yet written, take.

    ``sample`` is one row of the maps.
    """
    per_pixel = 0
    for values in (sample.factors, sample.region_probabilities, sample.novelty):
        if values is not None:
            per_pixel += values.size * stored_as(values).itemsize
    # And the labels: clusters, most probable regions.
    per_pixel += 2 * CLUSTER_TYPE.itemsize
    height, width = (min(length, TILE) for length in shape)
    return _n_tiles(shape) * height * width * per_pixel


def _n_tiles(shape: tuple[int, int]) -> int:
    tall, wide = (ceil(length / TILE) for length in shape)
    # Rows come along columns of tiles or along rows of them: either fits.
    return min(1 + tall + wide, tall * wide)
