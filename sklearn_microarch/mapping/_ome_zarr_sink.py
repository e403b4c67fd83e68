"""Write maps to an OME-Zarr image as they are computed."""

from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images import OmeZarrWriter
from sklearn_microarch.mapping._maps import MicroarchMaps
from sklearn_microarch.mapping._ome_zarr_maps import CLUSTERS, REGIONS, SLICE, open_maps
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.mapping._tiles import TileCache

TILE = 512


class OmeZarrSink:
    """Takes values at pixels, in any order; each becomes a pixel of the image.

    The main image holds the factors, or the region probabilities where there are
    no factors, or else the slice. What is not the main image is an image within
    it: "regions" and "slice". Clusters and the most probable regions are labels,
    which begin at 1: 0 is background.

    Parameters
    ----------
    writer : OmeZarrWriter
        Open, and empty.
    maps : MicroarchMaps
        Without values yet, one pixel for each value.
    sample : MappedRows
        One row, of the kinds and types to come.
    stride : int, unit: pixels
        Distance of neighbouring values in the slice that is mapped.

    Attributes
    ----------
    memory : int, unit: bytes
        That the tiles not yet written take.

    Raises
    ------
    TypeError
        If clusters are names, which an image cannot hold.
    """

    def __init__(
        self,
        writer: OmeZarrWriter,
        maps: MicroarchMaps,
        sample: MappedRows,
        stride: int,
    ) -> None:
        self._writer, self._maps, self._stride = writer, maps, stride
        self._caches: dict[str, TileCache] = {}
        self.memory = 0
        clusters, regions = sample.clusters, sample.region_probabilities
        if clusters is not None and clusters.dtype.kind not in "iu":
            raise TypeError(
                f"clusters are of dtype {clusters.dtype}; only integer clusters can be "
                "written to OME-Zarr. Keep the maps in memory instead."
            )
        images: dict[str, list[str]] = {}
        if sample.factors is not None:
            images["factors"] = maps.factor_names
        if regions is not None:
            images[REGIONS] = maps.region_names
        for at, (kind, names) in enumerate(images.items()):
            self._keep(kind, writer.add_image(names, group=kind if at else ""), np.nan)
        self._write_slice(SLICE if images else "")
        if clusters is not None:
            self._keep(CLUSTERS, writer.add_label(CLUSTERS), 0)
        if regions is not None:
            about = {at + 1: {"region": n} for at, n in enumerate(maps.region_names)}
            self._keep("most probable", writer.add_label(REGIONS, properties=about), 0)

    def write(
        self, rows: NDArray[np.integer], cols: NDArray[np.integer], mapped: MappedRows
    ) -> None:
        """Take the values of some pixels, named by row and column of the slice."""
        at = rows // self._stride, cols // self._stride
        regions = mapped.region_probabilities
        if mapped.factors is not None:
            self._caches["factors"].write(*at, mapped.factors)
        if mapped.clusters is not None:
            self._caches[CLUSTERS].write(*at, mapped.clusters + 1)
        if regions is not None:
            self._caches[REGIONS].write(*at, regions)
            self._caches["most probable"].write(*at, regions.argmax(axis=1) + 1)

    def flush(self) -> None:
        """Write what is still in memory."""
        for cache in self._caches.values():
            cache.flush()

    def result(self) -> MicroarchMaps:
        """Return the maps as they lie on disk, read when needed."""
        return open_maps(self._writer.path).replace(image=self._maps.image)

    def _write_slice(self, group: str) -> None:
        pixels = self._maps.image.pixels
        planes = pixels.reshape(-1, *pixels.shape[-2:])
        if planes.dtype == bool:
            planes = planes.astype(np.uint8)
        several = [f"channel{at}" for at in range(len(planes))]
        names = several if len(planes) > 1 else ["slice"]
        array = self._writer.add_image(names, dtype=planes.dtype, group=group)
        array[...] = planes

    def _keep(self, kind: str, array: Any, fill: float) -> None:  # noqa: ANN401
        # Rows come along columns of tiles or along rows of them: either fits.
        n_tiles = 1 + sum(ceil(length / TILE) for length in array.shape[-2:])
        self._caches[kind] = TileCache(array, TILE, fill, capacity=n_tiles)
        n_channels = array.shape[0] if array.ndim == 3 else 1
        self.memory += n_tiles * TILE**2 * n_channels * array.dtype.itemsize
