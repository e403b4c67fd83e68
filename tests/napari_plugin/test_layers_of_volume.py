"""Tests that the maps of a volume are layers of three axes, without napari."""

import numpy as np
import pytest
from volumes.brains import SPACING_UM, STRIDE, grey

from sklearn_microarch.mapping import open_maps
from sklearn_microarch.napari._find_reader import find_reader


def test_a_volume_is_layers_with_the_distance_of_planes(volume_maps):
    layers = find_reader(str(volume_maps))(str(volume_maps))
    maps = open_maps(volume_maps, z=1)
    named = {settings["name"]: one for one in layers for settings in [one[1]]}
    names = ["brain", *(f"brain {name}" for name in maps.factor_names)]
    names += ["brain novelty", "brain clusters", "brain predicted regions"]
    assert list(named) == names
    pixels, about, kind = named["brain"]
    assert (kind, about["scale"]) == ("image", (SPACING_UM, 1.17, 1.17))
    np.testing.assert_array_equal(pixels[0][1], grey()[1])
    edge = 1.17 * STRIDE
    for name in names[1:]:
        data, about, _ = named[name]
        assert about["scale"] == pytest.approx((SPACING_UM, edge, edge))
        where = (0.0, *(1.17 * first for first in maps.offset))
        assert about["translate"] == pytest.approx(where)
        assert about["units"] == ("micrometer",) * 3
        assert about["axis_labels"] == ("z", "y", "x")
        finest = data[0] if about["multiscale"] else data
        assert finest.shape == (4, *maps.grid.shape)


def test_values_and_labels_are_those_of_the_planes(volume_maps):
    layers = find_reader(str(volume_maps))(str(volume_maps))
    named = {settings["name"]: one for one in layers for settings in [one[1]]}
    for z in (0, 3):
        maps = open_maps(volume_maps, z=z)
        for at, name in enumerate(maps.factor_names):
            found = np.asarray(named[f"brain {name}"][0][0][z])
            np.testing.assert_array_equal(found, np.asarray(maps.factors)[..., at])
        for name, wanted in (
            ("clusters", maps.clusters),
            ("predicted regions", maps.predicted_regions),
        ):
            data, about, kind = named[f"brain {name}"]
            assert kind == "labels"
            np.testing.assert_array_equal(data[z], np.asarray(wanted) + 1)
            n_labels = int(np.max(data)) + 1
            assert n_labels <= len(about["features"]["index"])
    regions = named["brain predicted regions"][1]["features"]["region"]
    assert regions == ["", *open_maps(volume_maps, z=0).region_names]
    # A plane that is not mapped holds nothing.
    assert not np.asarray(named["brain clusters"][0][2]).any()
