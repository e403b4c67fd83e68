"""Where maps go: to memory, to a folder of TIFF files, or to an OME-Zarr image."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images import OmeZarrWriter, SliceImage
from sklearn_microarch.mapping._array_sink import ArraySink, map_memory
from sklearn_microarch.mapping._maps import MicroarchMaps, check_output_folder
from sklearn_microarch.mapping._ome_zarr_sink import OmeZarrSink
from sklearn_microarch.mapping._steps import MappedRows


class Sink(Protocol):
    """Takes values at pixels, in any order, and makes maps of them."""

    memory: int

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

    def check(self, image: SliceImage) -> None:
        """Raise if the maps of an image could not be written.

        Raises
        ------
        FileExistsError, NotADirectoryError
            As `check_output_folder` and `OmeZarrWriter`.
        ImportError
            If zarr is needed and not installed.
        """
        if self._path is None:
            return
        if self._is_zarr:
            self._writer(image.shape, None, image.name, {})
        else:
            check_output_folder(self._path, image, overwrite=self._overwrite)

    @contextmanager
    def open(
        self,
        maps: MicroarchMaps,
        sample: MappedRows,
        limit: int,
        record: dict[str, Any],
    ) -> Iterator[Sink]:
        """Give a sink; what it took is in place when the context ends.

        Parameters
        ----------
        maps : MicroarchMaps
            Without values yet.
        sample : MappedRows
            One row, of the kinds and types to come.
        limit : int, unit: bytes
            Above half of it, arrays for TIFF files are kept on disk meanwhile.
        record : dict
            How the maps come about.
        """
        if self._path is None:
            yield ArraySink(maps, sample)
        elif self._is_zarr:
            thin = maps.thinned()
            about = {
                **record,
                "factors": maps.factor_names,
                "regions": maps.region_names,
            }
            size, name = thin.pixel_size_um, maps.image.name
            with self._writer(thin.image.shape, size, name, about) as writer:
                sink = OmeZarrSink(writer, thin, sample, maps.stride)
                yield sink
                sink.flush()
        else:
            self._path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".maps-", dir=self._path) as folder:
                large = map_memory(maps, sample) > limit // 2
                laid = ArraySink(maps, sample, Path(folder) if large else None)
                yield laid
                laid.result().to_tiff(self._path, overwrite=self._overwrite)

    def _writer(
        self,
        shape: tuple[int, int],
        pixel_size_um: float | None,
        name: str,
        about: dict[str, Any],
    ) -> OmeZarrWriter:
        assert self._path is not None
        return OmeZarrWriter(
            self._path,
            shape=shape,
            pixel_size_um=pixel_size_um,
            name=name,
            version=self._version,
            provenance=about,
            overwrite=self._overwrite,
        )
