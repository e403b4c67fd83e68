"""Tests that the maps of a volume are layers of three axes, without napari."""

import numpy as np
import pytest
from distributed import Client
from volumes.brains import SPACING_UM, STRIDE, grey, run

from sklearn_microarch.mapping import open_maps
from sklearn_microarch.napari._find_reader import find_reader


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Return the maps of a volume of four planes, of which one is missing."""
    out = tmp_path_factory.mktemp("volume") / "maps.zarr"
    with Client(
        processes=False, n_workers=1, dashboard_address=":0", set_as_default=False
    ) as client:
        run(out, client, slices=[0, 1, 3])
    return out


def test_a_volume_is_layers_with_the_distance_of_planes(path):
    layers = find_reader(str(path))(str(path))
    maps = open_maps(path, z=1)
    named = {settings["name"]: one for one in layers for settings in [one[1]]}
    names = ["brain", *(f"brain {name}" for name in maps.factor_names)]
    names += ["brain novelty", "brain clusters", "brain predicted regions"]
    assert list(named) == names
    pixels, about, kind = named["brain"]
    assert (kind, about["scale"]) == ("image", (SPACING_UM, 1.17, 1.17))
    np.testing.assert_array_equal(pixels[0][1], grey()[1])
    edge = 1.17 * STRIDE
    for name in names[1:]:
        levels, about, _ = named[name]
        assert about["scale"] == pytest.approx((SPACING_UM, edge, edge))
        where = (0.0, *(1.17 * first for first in maps.offset))
        assert about["translate"] == pytest.approx(where)
        assert about["units"] == ("micrometer",) * 3
        assert levels[0].shape == (4, *maps.grid.shape)


def test_values_and_labels_are_those_of_the_planes(path):
    layers = find_reader(str(path))(str(path))
    named = {settings["name"]: one for one in layers for settings in [one[1]]}
    for z in (0, 3):
        maps = open_maps(path, z=z)
        for at, name in enumerate(maps.factor_names):
            found = np.asarray(named[f"brain {name}"][0][0][z])
            np.testing.assert_array_equal(found, np.asarray(maps.factors)[..., at])
        for name, wanted in (
            ("clusters", maps.clusters),
            ("predicted regions", maps.predicted_regions),
        ):
            levels, about, kind = named[f"brain {name}"]
            assert kind == "labels"
            np.testing.assert_array_equal(levels[0][z], np.asarray(wanted) + 1)
            n_labels = int(np.max(levels[0])) + 1
            assert n_labels <= len(about["features"]["index"])
    regions = named["brain predicted regions"][1]["features"]["region"]
    assert regions == ["", *open_maps(path, z=0).region_names]
    # A plane that is not mapped holds nothing.
    assert not np.asarray(named["brain clusters"][0][0][2]).any()
