"""Tests of sklearn_microarch.demo: a new slice on which there is no cortex."""

import numpy as np
import pytest
from pipelines import fitted_pipeline, phantom

from sklearn_microarch import map_slice
from sklearn_microarch.demo._new_process import run_alone
from sklearn_microarch.demo._new_slice import _predicted_cortex, draw_pictures


@pytest.fixture(scope="module")
def maps():
    """Return maps of a slice that is all of one region, which is not the cortex."""
    found = map_slice(fitted_pipeline(names=True), phantom().images[1], stride=32)
    other = next(at for at, name in enumerate(found.region_names) if name != "cortex")
    return found.replace(predicted_regions=np.full_like(found.predicted_regions, other))


def test_without_cortex_there_is_no_place_to_cluster(maps):
    inside = _predicted_cortex(maps)
    assert inside.shape == maps.image.shape
    assert not inside.any()


def test_without_cortex_the_other_pictures_are_drawn(maps, tmp_path):
    draw_pictures(tmp_path, maps, None)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "factors.png",
        "regions.png",
    ]


def test_what_the_other_process_fails_of_is_a_line(tmp_path, capsys):
    assert run_alone(str(tmp_path), str(tmp_path / "none.tif"), "8") == 1
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert "none.tif" in shown
