"""Sweeps of wrong arguments over all of mapping: errors name the argument."""

import numpy as np
import pytest
from pipelines import fitted_pipeline, phantom
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch import SliceImage, map_slice
from sklearn_microarch.mapping import MicroarchMaps, open_maps

NO_PATHS = {name: value for name, value in WRONG.items() if not isinstance(value, str)}


def small_slice():
    """Return a part of a slice that shows tissue, and is mapped in no time."""
    return phantom().images[0].replace(data=phantom().images[0].data[90:170, 400:500])


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "argument",
    [
        *("pipeline", "image", "mask", "stride", "overwrite", "ome_zarr_version"),
        *("memory_limit", "allow_pixel_size_mismatch", "check_drift", "verbose"),
    ],
)
def test_a_wrong_argument_of_map_slice_is_named(argument, value):
    given = {"pipeline": fitted_pipeline(), "image": small_slice(), "stride": 32}
    check_that_errors_name(argument, lambda: map_slice(**(given | {argument: value})))


@pytest.mark.parametrize("value", NO_PATHS.values(), ids=NO_PATHS)
def test_what_is_no_path_is_named(tmp_path, monkeypatch, value):
    monkeypatch.chdir(tmp_path)
    pipe, image = fitted_pipeline(), small_slice()
    check_that_errors_name("out", lambda: map_slice(pipe, image, out=value, stride=32))
    check_that_errors_name("path", lambda: open_maps(value))
    maps = MicroarchMaps(image)
    check_that_errors_name("folder", lambda: maps.to_tiff(value))
    check_that_errors_name("overwrite", lambda: maps.to_tiff(tmp_path, overwrite=value))


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "argument",
    [
        *("image", "cell_size", "offset", "clusters", "factors", "factor_names"),
        *("region_probabilities", "region_names", "predicted_regions"),
    ],
)
def test_a_wrong_argument_of_maps_is_named(argument, value):
    maps = MicroarchMaps(
        SliceImage(np.zeros((20, 30))),
        cell_size=8,
        factors=np.zeros((3, 4, 2)),
        region_probabilities=np.full((3, 4, 3), 1 / 3),
    )
    changes = {argument: value}
    if argument in ("cell_size", "offset"):
        # Other cells are too few or too many for the maps that are there.
        maps = MicroarchMaps(maps.image)
    check_that_errors_name(argument, lambda: maps.replace(**changes).expand())
