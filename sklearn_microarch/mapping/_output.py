"""Where maps go: to memory, to a folder of TIFF files, or to an OME-Zarr image."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from math import prod
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_option, check_path, check_switch
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch._whole import Place, place_of_folder
from sklearn_microarch.exceptions import OtherMapsError, UnfinishedMapsWarning
from sklearn_microarch.images import (
    OmeZarrWriter,
    SliceImage,
    read_ome_zarr_provenance,
)
from sklearn_microarch.images._channel_names import check_text
from sklearn_microarch.images._lazy_array import is_lazy
from sklearn_microarch.images.ome_zarr._check_output import check_output
from sklearn_microarch.images.ome_zarr._metadata import VERSIONS
from sklearn_microarch.mapping._disk_space import check_disk_space
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._ome_zarr_sink import OmeZarrSink, tile_memory
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.mapping.reading._open_maps import open_maps
from sklearn_microarch.mapping.resume._compare_records import differences, task_of
from sklearn_microarch.mapping.resume._ledger import Ledger, discard, has_pieces
from sklearn_microarch.mapping.sinks._array_sink import ArraySink, map_memory
from sklearn_microarch.mapping.sinks._tiff_folder import (
    check_output_folder,
    check_slice_fits,
    place_of_maps,
    read_record,
    stem_of,
    write_maps,
)


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
        self,
        path: str | Path | None,
        *,
        overwrite: bool,
        resume: bool,
        ome_zarr_version: str,
    ) -> None:
        check_option("ome_zarr_version", ome_zarr_version, VERSIONS)
        self._path = None if path is None else check_path("out", path)
        self._overwrite = check_switch("overwrite", overwrite)
        self._resume = check_switch("resume", resume)
        self._version = ome_zarr_version
        self._place: Place | None = None
        if self._resume and self._path is None:
            raise ValueError(
                "resume=True needs a place where finished pieces are kept; name one "
                "with out."
            )

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

    @contextmanager
    def hold(self, image: SliceImage) -> Iterator[None]:
        """Be the only one who writes maps of an image there, while a block runs.

        Raises before that if maps could not be written, as `check_output_folder` and
        `OmeZarrWriter` do, or if someone else writes them.
        """
        if self._path is None:
            yield
            return
        if self._is_zarr:
            self._writer(MicroarchMaps(image), {}, may_exist=True)
            never = partial(check_output, overwrite=True)
            self._place = place_of_folder(self._path, may_replace=never)
        else:
            self._place = place_of_maps(self._path, image)
            check_slice_fits(image)
        with self._place.hold():
            if not (self._resume and self._record_of(image.name) is not None):
                self._check(image)
            if not self._resume and has_pieces(self._place.work):
                warn_user(
                    f"what an interrupted mapping to {self._path} had computed is "
                    "thrown away; pass resume=True to go on with such.",
                    UnfinishedMapsWarning,
                )
            if not self._resume:
                discard(self._place.work)
            yield

    def find(
        self, task: Mapping[str, Any], *, with_drift: bool
    ) -> MicroarchMaps | None:
        """Return maps that stand there and are of a task, where that is looked for.

        OtherMapsError where others stand which may not be replaced.
        """
        if not self._resume or self._path is None:
            return None
        if task["model"]["fingerprint"] is None:
            raise TypeError(
                "resume=True needs a pipeline that can be told from others, but a step "
                "of this one cannot be pickled (a lambda?). Map with resume=False."
            )
        name = task["image"]["name"]
        record = self._record_of(name)
        if record is None:
            return None
        unlike = differences(task_of(task), task_of(record))
        if with_drift and record.get("drift") is None:
            unlike.append("check_drift (which was False)")
        if not unlike:
            return open_maps(self._path, name=None if self._is_zarr else name)
        if self._overwrite:
            return None
        raise OtherMapsError(
            f"{self._path} holds maps that differ from those asked for in "
            f"{', '.join(unlike)}. Pass overwrite=True to replace them, or choose "
            "another place."
        )

    @contextmanager
    def ledger(
        self, task: Mapping[str, Any], **more: int | None
    ) -> Iterator[Ledger | None]:
        """Give what finished pieces are kept in, where they are.

        ``more`` is what decides how pieces are made, beside the task.
        """
        if self._resume and self._place is not None:
            with Ledger(self._place.work, {**task_of(task), **more}) as ledger:
                yield ledger
        else:
            yield None

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
        if not in_file:
            return sum(needed.values())
        # On its way into a TIFF file, a map is copied twice, and a slice loaded.
        image = maps.image
        loaded = prod(image.data.shape) * image.dtype.itemsize * is_lazy(image.data)
        return sum(needed.values()) + max(2 * max(needed.values()), loaded)

    def check_space(self, maps: MicroarchMaps, sample: MappedRows, n_rows: int) -> None:
        """Raise or warn where maps of so many rows do not fit on the disk."""
        if self._path is not None:
            check_disk_space(
                self._path,
                maps.image,
                sample,
                n_rows,
                in_pyramids=self._is_zarr,
                is_kept_twice=self._resume,
            )

    @contextmanager
    def open(
        self, maps: MicroarchMaps, sample: MappedRows, record: dict[str, Any]
    ) -> Iterator[Sink]:
        """Give a sink; what it took is in place when the context ends.

        ``record`` tells how the maps come about; it may be added to until then.
        """
        if self._path is None or self._place is None:
            yield ArraySink(maps, sample)
        elif self._is_zarr:
            writer = self._writer(maps, record, may_exist=self._overwrite)
            with writer._within(self._place):
                sink = OmeZarrSink(writer, maps, sample)
                yield sink
                sink.flush()
        else:
            # What cannot be written says so now, not after the work.
            for kind in ("factor_names", "region_names"):
                for at, name in enumerate(getattr(maps, kind)):
                    check_text(f"{kind}[{at}]", name)
            laid = ArraySink(maps, sample)
            yield laid
            self._check(maps.image)
            write_maps(laid.result().replace(record=record), self._place)

    def _check(self, image: SliceImage) -> None:
        """Raise where what is there may not be replaced."""
        assert self._path is not None
        if self._is_zarr:
            self._writer(MicroarchMaps(image), {}, may_exist=self._overwrite)
        else:
            check_output_folder(self._path, image, overwrite=self._overwrite)

    def _record_of(self, name: str) -> dict[str, Any] | None:
        """Return the record of maps that stand there; None where none do."""
        assert self._path is not None
        if not self._is_zarr:
            return read_record(self._path, stem_of(name))
        if not self._path.exists():
            return None
        check_output(self._path, overwrite=True)
        return read_ome_zarr_provenance(self._path)

    def _writer(
        self, maps: MicroarchMaps, record: dict[str, Any], *, may_exist: bool
    ) -> OmeZarrWriter:
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
            overwrite=may_exist,
        )
