"""Workers for the tests of volumes."""

import pytest
from dask import config
from distributed import Client

from sklearn_microarch.volumes.running._cluster import start_workers


@pytest.fixture(scope="session")
def client():
    """Return a client whose worker, of two threads, is this process."""
    with Client(
        processes=False,
        n_workers=1,
        threads_per_worker=2,
        dashboard_address=":0",
        # Other tests compute dask arrays in their own process.
        set_as_default=False,
    ) as found:
        yield found


@pytest.fixture(scope="module")
def processes():
    """Return a client of two workers, each a process of one thread."""
    with (
        # A plane is given up after two deaths: each worker that dies takes seconds.
        config.set({"distributed.scheduler.allowed-failures": 1}),
        start_workers(2) as cluster,
        Client(cluster, set_as_default=False) as found,
    ):
        yield found
