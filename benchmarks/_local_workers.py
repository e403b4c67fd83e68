"""Workers of Dask on this machine, each a process of one thread without limit."""

from collections.abc import Iterator
from contextlib import contextmanager

from distributed import Client

from sklearn_microarch.volumes.running._cluster import start_workers


@contextmanager
def local_workers(n_workers: int) -> Iterator[Client]:
    """Start so many workers, as `map_volume` does, and end them with the block."""
    with (
        start_workers(n_workers) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client
