"""Let the workers answer a question about each of many slices, whatever the order."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from sklearn_microarch.exceptions import ClusterError
from sklearn_microarch.volumes.running._cluster import n_slots
from sklearn_microarch.volumes.running._import_distributed import import_distributed

# Tasks on their way for each that is being worked on: no worker waits for the next.
_AHEAD = 2
_LARGE = "distributed.admin.large-graph-warning-threshold"
_LOST = "the Dask cluster was lost, and with it what was computed. Start it again."


def ask_workers(
    client: Any,  # noqa: ANN401 - distributed.Client
    function: Callable[..., Any],
    questions: Iterable[tuple[Any, ...]],
) -> Iterator[tuple[int, Any]]:
    """Yield the number of each question and what ``function`` returns, as they come.

    A lost worker's questions go to others. An error of the function is raised here,
    and ends the rest; ClusterError where workers die of it, or the cluster is lost.
    """
    return answers(client, function, questions, _read, lost=_LOST)


def answers(
    client: Any,  # noqa: ANN401 - distributed.Client
    function: Callable[..., Any],
    questions: Iterable[tuple[Any, ...]],
    read: Callable[[Any], Any],
    *,
    lost: str,
) -> Iterator[tuple[int, Any]]:
    """Yield the number of each question, and what is ``read`` of its ended future.

    Questions are taken when a worker is about to be free. ClusterError, which says
    ``lost``, where the cluster is lost; what is on its way is cancelled in the end.
    """
    coming = import_distributed().as_completed(loop=client.loop)
    numbers: dict[Any, int] = {}
    waiting = enumerate(questions)
    try:
        while True:
            n_free = _AHEAD * n_slots(client) - len(numbers)
            for number, given in islice(waiting, max(0, n_free)):
                future = _send(client, function, given)
                numbers[future.key] = number
                coming.add(future)
            if not numbers:
                return
            future = next(coming)
            # One that is "lost" was held by a worker that died; it comes again.
            if future.status == "cancelled":
                raise ClusterError(lost)
            yield numbers.pop(future.key), read(future)
    # A client without its cluster fails in several ways, of other types as well.
    except Exception as error:
        if client.status == "running" and "Comm" not in type(error).__name__:
            raise
        raise ClusterError(lost) from error
    finally:
        left = list(coming.futures)
        if left and client.status == "running":
            client.cancel(left, force=True)


def _read(future: Any) -> Any:  # noqa: ANN401
    if future.status == "error" and is_killed(future.exception()):
        raise ClusterError(
            "the workers that looked at a slice died, most likely for want of memory; "
            "give them more, or fewer threads each."
        ) from future.exception()
    return future.result()


def is_killed(error: object) -> bool:
    """Tell whether a task failed as every worker that had it died."""
    return isinstance(error, import_distributed().scheduler.KilledWorker)


def _send(
    client: Any,  # noqa: ANN401
    function: Callable[..., Any],
    given: tuple[Any, ...],
) -> Any:  # noqa: ANN401 - a future
    from dask import config

    # Slices in memory have to travel; Dask would warn of each.
    with config.set({_LARGE: "1TB"}):
        return client.submit(function, *given, pure=False)
