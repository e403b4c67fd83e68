"""Where maps go: to memory, to a folder of TIFF files, or to an OME-Zarr image."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_option, check_path, check_switch
from sklearn_microarch._whole import staging_folder
from sklearn_microarch.images import OmeZarrWriter, SliceImage
from sklearn_microarch.images._channel_names import check_text
from sklearn_microarch.images.ome_zarr._metadata import VERSIONS
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.mapping.sinks._array_sink import ArraySink, map_memory
from sklearn_microarch.mapping.sinks._ome_zarr_sink import OmeZarrSink, tile_memory
from sklearn_microarch.mapping.sinks._tiff_folder import check_output_folder


class Sink(Protocol):
    """Takes values of cells, in any order, and makes maps of them."""

    def write(
        self, rows: NDArray[np.integer], cols: NDArray[np.integer], mapped: MappedRows
    ) -> None:
        """Take values of cells, whose rows and columns in the grid are (b,) each."""

    def result(self) -> MicroarchMaps:
        """Return the maps, once all values are taken and the place is closed."""


class Output:
    """A place for maps, checked before anything is computed.

    ``path`` ends in ".zarr" for OME-Zarr, else it is a folder for TIFF files; None for
    memory.
    """

    def __init__(
        self, path: str | Path | None, *, overwrite: bool, ome_zarr_version: str
    ) -> None:
        check_option("ome_zarr_version", ome_zarr_version, VERSIONS)
        self._path = None if path is None else check_path("out", path)
        self._overwrite = check_switch("overwrite", overwrite)
        self._version = ome_zarr_version
        self._told_later: dict[str, Any] = {}

    @property
    def _is_zarr(self) -> bool:
        return self._path is not None and self._path.suffix == ".zarr"

    @property
    def remedy(self) -> str:
        """What to do when memory is short."""
        if self._is_zarr:
            return "Raise it."
        return (
            "Raise it, or name an OME-Zarr image as out (.zarr), so that the maps need "
            "not be in memory."
        )

    def check(self, image: SliceImage) -> None:
        """Raise if the maps of an image could not be written.

        As `check_output_folder` and `OmeZarrWriter` do.
        """
        if self._path is None:
            return
        if self._is_zarr:
            self._writer(MicroarchMaps(image), {})
        else:
            check_output_folder(self._path, image, overwrite=self._overwrite)

    def tell(self, **record: Any) -> None:  # noqa: ANN401 - plain JSON values
        """Add to the record what is known only once all values are computed."""
        self._told_later |= record

    def memory(self, maps: MicroarchMaps, sample: MappedRows) -> int:
        """Return the bytes that values take until they are in place.

        ``maps`` are without values yet, ``sample`` is one row. TypeError where values
        cannot be kept in such a place.
        """
        clusters = sample.clusters
        in_file = self._path is not None
        if in_file and clusters is not None and clusters.dtype.kind not in "iub":
            raise TypeError(
                f"clusters are of dtype {clusters.dtype}; only integers can be written "
                "to a file. Keep these maps in memory (out=None), or fit the last step "
                "on integer labels."
            )
        if self._is_zarr:
            return tile_memory(maps.grid.shape, sample)
        needed = map_memory(maps.grid.shape, sample)
        # On its way into a TIFF file, a map is copied twice.
        copies = 2 * max(needed.values()) if in_file else 0
        return sum(needed.values()) + copies

    @contextmanager
    def open(
        self,
        maps: MicroarchMaps,
        sample: MappedRows,
        describe: Callable[[], dict[str, Any]],
    ) -> Iterator[Sink]:
        """Give a sink; what it took is in place when the context ends.

        ``describe`` tells how the maps come about, where that is kept.
        """
        if self._path is None:
            yield ArraySink(maps, sample)
        elif self._is_zarr:
            with self._writer(maps, describe()) as writer:
                sink = OmeZarrSink(writer, maps, sample)
                yield sink
                sink.flush()
                writer.provenance = {**(writer.provenance or {}), **self._told_later}
        else:
            # What cannot be written says so now, not after the work.
            for kind in ("factor_names", "region_names"):
                for at, name in enumerate(getattr(maps, kind)):
                    check_text(f"{kind}[{at}]", name)
            with staging_folder(self._path):
                laid = ArraySink(maps, sample)
                yield laid
                laid.result().to_tiff(self._path, overwrite=self._overwrite)

    def _writer(self, maps: MicroarchMaps, record: dict[str, Any]) -> OmeZarrWriter:
        assert self._path is not None
        return OmeZarrWriter(
            self._path,
            shape=maps.grid.shape,
            pixel_size_um=maps.image.pixel_size_um,
            cell_size=maps.cell_size,
            offset=maps.offset,
            name=maps.image.name,
            version=self._version,
            provenance=record,
            overwrite=self._overwrite,
        )
