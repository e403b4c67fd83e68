"""Workers for the tests of volumes."""

import pytest
from distributed import Client


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
