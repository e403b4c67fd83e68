"""Send planes to the workers, a few at a time, and take what comes back."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sklearn_microarch.images import SliceImage
from sklearn_microarch.volumes.running._ask_workers import answers, is_killed
from sklearn_microarch.volumes.running._map_plane import PlaneResult, map_plane
from sklearn_microarch.volumes.running._volume_job import JobFile

# For the few bytes that tell what became of a plane.
_PATIENCE_S = 15.0
_LOST = (
    "the Dask cluster was lost; the planes that were finished are in place. Start it "
    "again, and map with resume=True to go on."
)
_KILLED = (
    "the workers that mapped it died, most likely for want of memory; lower "
    "memory_limit, or give them more"
)


def run_planes(
    client: Any,  # noqa: ANN401 - distributed.Client
    file: JobFile,
    planes: Sequence[int],
    image_of: Callable[[int], SliceImage] | None,
) -> Iterator[PlaneResult]:
    """Yield what became of each plane, as they come; a lost worker's go to others.

    ``image_of`` gives what a worker cannot read itself. ClusterError where the cluster
    is lost; planes that are mapped stay.
    """
    sent: list[int] = []
    unread: list[PlaneResult] = []

    def tasks() -> Iterator[tuple[JobFile, int, SliceImage | None]]:
        for plane in planes:
            try:
                image = None if image_of is None else image_of(plane)
            except (OSError, ValueError) as error:
                unread.append(PlaneResult(plane, 0.0, error=_in_words(error)))
                continue
            sent.append(plane)
            yield file, plane, image

    found = answers(client, map_plane, tasks(), _outcome_of, lost=_LOST)
    for number, outcome in found:
        if isinstance(outcome, PlaneResult):
            yield outcome
        else:
            yield PlaneResult(sent[number], 0.0, error=outcome, is_known=bool(outcome))
    yield from unread


def _outcome_of(future: Any) -> PlaneResult | str | None:  # noqa: ANN401
    """Return what became of a plane, or why it failed; None where nobody knows."""
    if future.status == "error":
        error = future.exception()
        return _KILLED if is_killed(error) else _in_words(error)
    try:
        found: PlaneResult = future.result(timeout=_PATIENCE_S)
    except TimeoutError:
        # The worker died after its plane, and took what it had to say along.
        return None
    return found


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
