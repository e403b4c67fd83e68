"""The workers: those of a client that is given, or of this machine."""

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sklearn_microarch._version import __version__
from sklearn_microarch.exceptions import ClusterError
from sklearn_microarch.volumes.running._import_distributed import import_distributed

# What Python, torch and a model take before any plane.
BYTES_OF_A_WORKER = 800 * 1024**2


@contextmanager
def cluster(
    client: Any,  # noqa: ANN401 - distributed.Client or None
    *,
    n_planes: int,
    n_threads: int,
    bytes_per_plane: int,
    memory: int,
    n_workers: int | None = None,
) -> Iterator[tuple[Any, int]]:
    """Give a client, and the bytes that each of its workers may take for a plane.

    A cluster of this machine ends with the block. ``memory`` is what all of its workers
    may take together; each needs about ``bytes_per_plane``. ``n_workers`` are started,
    None: as many as cores and memory allow.
    """
    distributed = import_distributed()
    if client is not None:
        if not isinstance(client, distributed.Client):
            raise TypeError(
                f"client is a {type(client).__name__}; it must be a "
                "distributed.Client, or None for the cores of this machine."
            )
        check_workers(client)
        yield client, min(memory, _memory_of_workers(client) or memory)
        return
    if n_workers is None:
        each = BYTES_OF_A_WORKER + bytes_per_plane
        n_workers = max(1, min(n_cores() // n_threads, n_planes, memory // each))
    with ExitStack() as stack:
        try:
            local = stack.enter_context(start_workers(n_workers))
            found = stack.enter_context(distributed.Client(local, set_as_default=False))
        except RuntimeError as error:
            raise ClusterError(
                f"the workers of this machine could not be started: {error}. In a "
                "script, call map_volume under if __name__ == '__main__'."
            ) from error
        yield found, max(1, memory // n_workers)


def start_workers(n_workers: int) -> Any:  # noqa: ANN401 - distributed.LocalCluster
    """Return a cluster of so many processes of this machine, of one thread each."""
    distributed = import_distributed()
    import dask

    # Dask's picture of where its workers spend their time grows with the hours.
    with dask.config.set({"distributed.worker.profile.enabled": False}):
        return distributed.LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            # A plane knows its limit; a worker that is killed says nothing.
            memory_limit=None,
            # Any port: the usual one may be another cluster's.
            dashboard_address=":0",
            silence_logs=logging.CRITICAL,
        )


def n_cores() -> int:
    """Return the cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def n_slots(client: Any) -> int:  # noqa: ANN401
    """Return how many planes the workers map at a time, at least one."""
    return max(1, sum(client.nthreads().values()))


def check_workers(client: Any) -> None:  # noqa: ANN401
    """Raise ClusterError where a worker has not this version of the library.

    Workers that come later are not asked.
    """

    def version() -> str:
        # By value: a worker without the library could not load a function of it.
        from importlib import import_module

        try:
            return str(import_module("sklearn_microarch._version").__version__)
        except ImportError as error:
            return f"none ({error})"

    for worker, found in client.run(version).items():
        if found != __version__:
            raise ClusterError(
                f"the worker {worker} has sklearn_microarch {found}, but this process "
                f"has {__version__}. Install the same version in the environment of "
                "the workers."
            )


def _memory_of_workers(client: Any) -> int | None:  # noqa: ANN401
    """Return what the smallest worker may take for a plane; None where unlimited."""
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    limits = [
        int(one["memory_limit"] * 0.8 / max(1, one["nthreads"]))
        for one in workers
        if one.get("memory_limit")
    ]
    return min(limits, default=None)
