"""Send planes to the workers, a few at a time, and take what comes back."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sklearn_microarch.exceptions import ClusterError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.volumes.running._ask_workers import send
from sklearn_microarch.volumes.running._cluster import n_slots
from sklearn_microarch.volumes.running._import_distributed import import_distributed
from sklearn_microarch.volumes.running._map_plane import PlaneResult, map_plane
from sklearn_microarch.volumes.running._volume_job import JobFile

# Planes on their way for each that is being mapped: no worker waits for the next.
_AHEAD = 2
# For the few bytes that tell what became of a plane.
_PATIENCE_S = 15.0


def run_planes(
    client: Any,  # noqa: ANN401 - distributed.Client
    file: JobFile,
    planes: Sequence[int],
    image_of: Callable[[int], SliceImage] | None,
) -> Iterator[PlaneResult]:
    """Yield what became of each plane, as they come; a lost worker's go to others.

    ``image_of`` gives what a worker cannot read itself. ClusterError where the cluster
    is lost, OSError where the disk is full; planes that are mapped stay.
    """
    distributed = import_distributed()
    waiting = list(reversed(planes))
    coming = distributed.as_completed(loop=client.loop)
    numbers: dict[Any, int] = {}
    try:
        while waiting or numbers:
            while waiting and len(numbers) < _AHEAD * n_slots(client):
                plane = waiting.pop()
                found = _send(client, file, plane, image_of)
                if isinstance(found, PlaneResult):
                    yield found
                    continue
                numbers[found.key] = plane
                coming.add(found)
            if numbers:
                future = next(coming)
                yield _result_of(future, numbers.pop(future.key))
    except (OSError, RuntimeError) as error:
        if isinstance(error, ClusterError) or not _is_lost(client, error):
            raise
        raise ClusterError(_LOST) from error
    finally:
        _cancel(client, list(coming.futures))


_LOST = (
    "the Dask cluster was lost; the planes that were finished are in place. Start it "
    "again, and map with resume=True to go on."
)


def _send(
    client: Any,  # noqa: ANN401
    file: JobFile,
    plane: int,
    image_of: Callable[[int], SliceImage] | None,
) -> Any:  # noqa: ANN401 - a future, or the result where the plane cannot be read
    image = None
    if image_of is not None:
        try:
            image = image_of(plane)
        except (OSError, ValueError) as error:
            return PlaneResult(plane, 0.0, error=f"{type(error).__name__}: {error}")
    return send(client, map_plane, file, plane, image)


def _result_of(future: Any, plane: int) -> PlaneResult:  # noqa: ANN401
    if future.status == "cancelled":
        raise ClusterError(_LOST)
    if future.status != "error":
        try:
            found: PlaneResult = future.result(timeout=_PATIENCE_S)
        except TimeoutError:
            # The worker died after its plane, and took what it had to say along.
            return PlaneResult(plane, 0.0, is_known=False)
        return found
    error = future.exception()
    distributed = import_distributed()
    if isinstance(error, distributed.scheduler.KilledWorker):
        why = (
            "the workers that mapped it died, most likely for want of memory; lower "
            "memory_limit, or give them more"
        )
        return PlaneResult(plane, 0.0, error=why)
    return PlaneResult(plane, 0.0, error=f"{type(error).__name__}: {error}")


def _is_lost(client: Any, error: BaseException) -> bool:  # noqa: ANN401
    return client.status != "running" or "Comm" in type(error).__name__


def _cancel(client: Any, futures: list[Any]) -> None:  # noqa: ANN401
    if futures and client.status == "running":
        client.cancel(futures, force=True)
