"""The maps of a volume, for the tests of its layers."""

import pytest
from distributed import Client
from volumes.brains import run


@pytest.fixture(scope="session")
def volume_maps(tmp_path_factory):
    """Return the maps of a volume of four planes, of which one is missing."""
    out = tmp_path_factory.mktemp("volume") / "maps.zarr"
    with Client(
        processes=False, n_workers=1, dashboard_address=":0", set_as_default=False
    ) as client:
        run(out, client, slices=[0, 1, 3])
    return out
