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
    distributed = import_distributed()
    coming = distributed.as_completed(loop=client.loop)
    numbers: dict[Any, int] = {}
    waiting = enumerate(questions)
    try:
        while True:
            n_free = _AHEAD * n_slots(client) - len(numbers)
            for number, given in islice(waiting, max(0, n_free)):
                future = send(client, function, *given)
                numbers[future.key] = number
                coming.add(future)
            if not numbers:
                return
            future = next(coming)
            yield numbers.pop(future.key), _answer(future)
    except (OSError, RuntimeError) as error:
        if client.status == "running" and "Comm" not in type(error).__name__:
            raise
        raise ClusterError(_LOST) from error
    finally:
        left = list(coming.futures)
        if left and client.status == "running":
            client.cancel(left, force=True)


def send(client: Any, function: Callable[..., Any], *given: Any) -> Any:  # noqa: ANN401
    """Return the future of a call, of whose large arguments Dask does not warn."""
    from dask import config

    # Slices in memory have to travel.
    with config.set({_LARGE: "1TB"}):
        return client.submit(function, *given, pure=False)


def _answer(future: Any) -> Any:  # noqa: ANN401
    if future.status in ("cancelled", "lost"):
        raise ClusterError(_LOST)
    if future.status != "error":
        return future.result()
    error = future.exception()
    if isinstance(error, import_distributed().scheduler.KilledWorker):
        raise ClusterError(
            "the workers that looked at a slice died, most likely for want of memory; "
            "give them more, or fewer threads each."
        ) from error
    raise error
