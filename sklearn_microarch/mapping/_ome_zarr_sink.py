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
from sklearn_microarch.mapping.sinks._tiles import TileCache

TILE = 512
# Clusters may be any numbers, such as those of an atlas.
CLUSTER_TYPE = np.dtype(np.uint32)
# What viewers show as black and as full colour; 1 is the border of what is known.
NOVELTY_WINDOW = (0.0, 2.0)


class OmeZarrSink:
    """Takes values of cells, in any order; each becomes a pixel of the image.

    The main image holds the factors, or the region probabilities where there are
    no factors, or else the slice. What is not the main image is an image within
    it: "regions", "novelty" and "slice". Clusters and the most probable regions are
    labels, which begin at 1: 0 is background. ``maps`` are without values yet,
    ``sample`` is one row of the kinds and dtypes to come.
    """

    def __init__(
        self,
        writer: OmeZarrWriter,
        maps: MicroarchMaps,
        sample: MappedRows,
    ) -> None:
        self._writer, self._maps = writer, maps
        self._caches: dict[str, TileCache] = {}
        regions = sample.region_probabilities
        images: dict[str, tuple[list[str], NDArray]] = {}
        if sample.factors is not None:
            images["factors"] = maps.factor_names, sample.factors
        if regions is not None:
            images[REGIONS] = maps.region_names, regions
        for at, (kind, (names, values)) in enumerate(images.items()):
            group = kind if at else ""
            array = writer.add_image(names, dtype=_stored_as(values), group=group)
            self._keep(kind, array, np.nan)
        if sample.novelty is not None:
            dtype = _stored_as(sample.novelty)
            array = writer.add_image(
                [NOVELTY], dtype=dtype, group=NOVELTY, window=NOVELTY_WINDOW
            )
            self._keep(NOVELTY, array, np.nan)
        self._write_slice(SLICE if images else "")
        if sample.clusters is not None:
            self._keep(CLUSTERS, writer.add_label(CLUSTERS, dtype=CLUSTER_TYPE), 0)
        if regions is not None:
            about = {at + 1: {"region": n} for at, n in enumerate(maps.region_names)}
            self._keep("most probable", writer.add_label(REGIONS, properties=about), 0)

    def write(
        self, rows: NDArray[np.integer], cols: NDArray[np.integer], mapped: MappedRows
    ) -> None:
        """Take values of cells, whose rows and columns in the grid are (b,) each.

        ValueError where a cluster is no number that a label image can hold.
        """
        at = rows, cols
        probabilities, regions = mapped.region_probabilities, mapped.predicted_regions
        if mapped.factors is not None:
            self._caches["factors"].write(*at, mapped.factors)
        if mapped.clusters is not None:
            self._caches[CLUSTERS].write(*at, _as_labels(mapped.clusters))
        if probabilities is not None and regions is not None:
            self._caches[REGIONS].write(*at, probabilities)
            self._caches["most probable"].write(*at, regions + 1)
        if mapped.novelty is not None:
            self._caches[NOVELTY].write(*at, mapped.novelty)

    def flush(self) -> None:
        """Write what is still in memory."""
        for cache in self._caches.values():
            cache.flush()

    def result(self) -> MicroarchMaps:
        """Return the maps as they lie on disk, read when needed."""
        return open_maps(self._writer.path).replace(image=self._maps.image)

    def _write_slice(self, group: str) -> None:
        image = self._maps.image
        n_channels = image.n_channels or 1
        several = [f"channel{at}" for at in range(n_channels)]
        # As it was given, pixel by pixel, whatever the cells of the maps.
        array = self._writer.add_image(
            several if n_channels > 1 else ["slice"],
            dtype=np.uint8 if image.dtype == bool else image.dtype,
            group=group,
            shape=image.shape,
            cell_size=1.0,
            offset=(0.0, 0.0),
        )
        for rows, pixels in read_bands(image):
            planes = pixels.reshape(n_channels, *pixels.shape[-2:])
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
            per_pixel += values.size * _stored_as(values).itemsize
    # And the labels: clusters, most probable regions.
    per_pixel += 2 * CLUSTER_TYPE.itemsize
    height, width = (min(length, TILE) for length in shape)
    return _n_tiles(shape) * height * width * per_pixel


def _n_tiles(shape: tuple[int, int]) -> int:
    tall, wide = (ceil(length / TILE) for length in shape)
    # Rows come along columns of tiles or along rows of them: either fits.
    return min(1 + tall + wide, tall * wide)


def _stored_as(values: NDArray) -> np.dtype:
    """Return a type that has NaN, for where there is no value."""
    return values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)


def _as_labels(clusters: NDArray) -> NDArray[np.int64]:
    """Return labels from 1 on, 0 where a cluster is -1."""
    labels = clusters.astype(np.int64) + 1
    if labels.min() < 0 or labels.max() > np.iinfo(CLUSTER_TYPE).max:
        raise ValueError(
            f"clusters from {clusters.min()} to {clusters.max()} do not fit a label "
            "image, which holds -1 (none) to 4294967294. Keep the maps in memory."
        )
    return labels
