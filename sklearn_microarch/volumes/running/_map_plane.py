"""Map one plane, within a worker."""

import errno
import time
from dataclasses import dataclass, field

from sklearn_microarch._warn_user import hear_warnings
from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping import map_slice
from sklearn_microarch.volumes.running._threads import THREADS
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
