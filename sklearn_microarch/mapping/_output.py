"""Where maps go: to memory, to a folder of TIFF files, or to an OME-Zarr image."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._whole import staging_folder
from sklearn_microarch.images import OmeZarrWriter, SliceImage
from sklearn_microarch.mapping._array_sink import ArraySink, map_memory
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._ome_zarr_sink import OmeZarrSink, tile_memory
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.mapping._tiff_folder import check_output_folder


class Sink(Protocol):
    """Takes values at pixels, in any order, and makes maps of them."""

    def write(
        self, rows: NDArray[np.integer], cols: NDArray[np.integer], mapped: MappedRows
    ) -> None:
        """Take the values of some pixels, named by row and column of the slice."""

    def result(self) -> MicroarchMaps:
        """Return the maps, once all values are taken and the place is closed."""


class Output:
    """A place for maps, checked before anything is computed.

    Parameters
    ----------
    path : path-like or None
        Ends in ".zarr" for OME-Zarr; else a folder for TIFF files; None for
        memory.
    overwrite : bool
    ome_zarr_version : {"0.5", "0.4"}
    """

    def __init__(
        self, path: str | Path | None, *, overwrite: bool, ome_zarr_version: str
    ) -> None:
        self._path = None if path is None else Path(path)
        self._overwrite, self._version = overwrite, ome_zarr_version

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

        Raises
        ------
        FileExistsError, FileNotFoundError, NotADirectoryError
            As `check_output_folder` and `OmeZarrWriter`.
        ImportError
            If zarr is needed and not installed.
        ValueError
            If there is no such version of OME-Zarr.
        """
        if self._path is None:
            return
        if self._is_zarr:
            self._writer(image.shape, None, image.name, {})
        else:
            check_output_folder(self._path, image, overwrite=self._overwrite)

    def memory(self, maps: MicroarchMaps, sample: MappedRows) -> int:
        """Return the bytes that values take until they are in place.

        Parameters
        ----------
        maps : MicroarchMaps
            Without values yet.
        sample : MappedRows
            One row, of the kinds and types to come.

        Raises
        ------
        TypeError
            If values cannot be kept in such a place.
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
            return tile_memory(maps.thinned().image.shape, sample)
        needed = map_memory(maps.image.shape, sample)
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

        Parameters
        ----------
        maps : MicroarchMaps
            Without values yet.
        sample : MappedRows
            One row, of the kinds and types to come.
        describe : callable
            Tells how the maps come about, where that is kept.
        """
        if self._path is None:
            yield ArraySink(maps, sample)
        elif self._is_zarr:
            thin = maps.thinned()
            size, name = thin.pixel_size_um, maps.image.name
            with self._writer(thin.image.shape, size, name, describe()) as writer:
                sink = OmeZarrSink(writer, thin, sample, maps.stride)
                yield sink
                sink.flush()
        else:
            # A folder that cannot be written says so now, not after the work.
            with staging_folder(self._path):
                laid = ArraySink(maps, sample)
                yield laid
                laid.result().to_tiff(self._path, overwrite=self._overwrite)

    def _writer(
        self,
        shape: tuple[int, int],
        pixel_size_um: float | None,
        name: str,
        record: dict[str, Any],
    ) -> OmeZarrWriter:
        assert self._path is not None
        return OmeZarrWriter(
            self._path,
            shape=shape,
            pixel_size_um=pixel_size_um,
            name=name,
            version=self._version,
            provenance=record,
            overwrite=self._overwrite,
        )
