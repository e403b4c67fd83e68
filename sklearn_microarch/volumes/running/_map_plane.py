"""Map one plane, within a worker."""

import errno
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch

from sklearn_microarch._warn_user import hear_warnings
from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping import map_slice
from sklearn_microarch.volumes.running._volume_job import JobFile, VolumeJob
from sklearn_microarch.volumes.store._write_plane import write_plane

_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class PlaneResult:
    """What became of a plane; ``error`` says why it is not mapped."""

    plane: int
    seconds: float
    drift: str | None = None
    warnings: list[str] = field(default_factory=list)
    error: str | None = None
    disk_is_full: bool = False
    # False where only the disk tells whether the plane is mapped.
    is_known: bool = True


def map_plane(
    file: JobFile, plane: int, image: SliceImage | None = None
) -> PlaneResult:
    """Map a plane into the volume; ``image`` where the worker cannot read it itself."""
    start = time.perf_counter()
    # Not raised: Dask would print each as a traceback, or map the plane again.
    try:
        drift, said = _map(file.load(), plane, image)
    except Exception as error:
        full = isinstance(error, OSError) and error.errno in _FULL
        return PlaneResult(
            plane,
            time.perf_counter() - start,
            error=f"{type(error).__name__}: {error}",
            disk_is_full=full,
        )
    return PlaneResult(plane, time.perf_counter() - start, drift, said)


def _map(
    job: VolumeJob, plane: int, image: SliceImage | None
) -> tuple[str | None, list[str]]:
    """Return the verdict on drift, and what was warned of."""
    if image is None:
        if job.volume is None:
            raise ValueError("the plane did not come with its task.")
        image = job.volume.plane(plane)
    with THREADS.limited(job.n_threads), hear_warnings() as said:
        maps = map_slice(job.pipeline, image, **job.settings)
        write_plane(job.folder, job.layout, plane, maps)
    drift = None if maps.drift is None else maps.drift.verdict
    return drift, sorted({text for _, text in said})


class _Threads:
    """Threads of a process, limited while any of its planes are mapped.

    A worker may map several planes at a time, and limits hold for all of them.
    """

    def __init__(self) -> None:
        self._lock, self._n_inside = threading.Lock(), 0

    @contextmanager
    def limited(self, n_threads: int) -> Iterator[None]:
        """Limit those of torch while a block runs; products of rows use one anyway."""
        with self._lock:
            if not self._n_inside:
                self._before = torch.get_num_threads()
                torch.set_num_threads(n_threads)
            self._n_inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._n_inside -= 1
                if not self._n_inside:
                    torch.set_num_threads(self._before)


THREADS = _Threads()
