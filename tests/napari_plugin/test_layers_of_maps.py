"""Tests of layers made out of maps, without napari."""

import numpy as np
import pytest

from sklearn_microarch import SliceImage
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.napari import layers_of_maps
from sklearn_microarch.napari._labels_layer import number_clusters
from sklearn_microarch.napari._lazy_plane import LazyPlane, pyramid


@pytest.fixture
def maps(rng):
    image = SliceImage(
        rng.integers(0, 255, (67, 88)).astype(np.uint8), pixel_size_um=2.0, name="z3"
    )
    probabilities = rng.dirichlet([1, 1, 1], size=(8, 11)).astype(np.float32)
    probabilities[0, 0] = np.nan
    return MicroarchMaps(
        image,
        cell_size=8,
        offset=(4.0, 5.0),
        factors=rng.random((8, 11, 2)).astype(np.float32),
        factor_names=["factor03_VP", "factor01_CTX"],
        clusters=np.arange(88).reshape(8, 11) % 5 - 1,
        region_probabilities=probabilities,
        region_names=["CTX", "VP", "WM"],
        novelty=rng.random((8, 11)).astype(np.float32),
    )


def by_name(layers):
    return {settings["name"]: (data, settings, kind) for data, settings, kind in layers}


def test_every_map_is_a_layer_over_the_slice(maps):
    kinds = {name: kind for name, (_, _, kind) in by_name(layers_of_maps(maps)).items()}
    assert kinds == {
        "z3": "image",
        "z3 factor03_VP": "image",
        "z3 factor01_CTX": "image",
        "z3 novelty": "image",
        "z3 clusters": "labels",
        "z3 predicted regions": "labels",
    }


def test_cells_lie_where_they_lie_on_the_slice_in_micrometres(maps):
    layers = by_name(layers_of_maps(maps))
    assert layers["z3"][1]["scale"] == (2.0, 2.0)
    for name in ("z3 factor03_VP", "z3 novelty", "z3 clusters", "z3 predicted regions"):
        settings = layers[name][1]
        assert settings["scale"] == (16.0, 16.0)
        assert settings["translate"] == (8.0, 10.0)
        assert settings["units"] == ("micrometer", "micrometer")


def test_without_a_pixel_size_places_are_in_pixels(maps):
    unknown = maps.replace(image=maps.image.replace(pixel_size_um=None))
    settings = by_name(layers_of_maps(unknown))["z3 clusters"][1]
    assert settings["scale"] == (8.0, 8.0)
    assert settings["translate"] == (4.0, 5.0)
    assert settings["units"] == ("pixel", "pixel")


def test_labels_name_what_they_stand_for(maps):
    layers = by_name(layers_of_maps(maps, colors={"VP": "#010203"}))
    data, settings, _ = layers["z3 predicted regions"]
    assert np.array_equal(data, maps.predicted_regions + 1)
    assert data[0, 0] == 0
    assert settings["features"] == {
        "index": [0, 1, 2, 3],
        "region": ["", "CTX", "VP", "WM"],
    }
    assert settings["colormap"][2] == "#010203"
    data, settings, _ = layers["z3 clusters"]
    assert np.array_equal(data, maps.clusters + 1)
    assert settings["features"]["cluster"][1] == "cluster 0"
    assert len(set(settings["colormap"].values())) == 2 + 4


def test_images_hold_the_values_of_the_maps(maps):
    layers = by_name(layers_of_maps(maps))
    for at, name in enumerate(maps.factor_names):
        levels, settings, _ = layers[f"z3 {name}"]
        assert settings["multiscale"]
        assert np.array_equal(levels[0], maps.factors[..., at])
        assert np.array_equal(levels[0][2:5, 3:], maps.factors[2:5, 3:, at])
    assert np.array_equal(layers["z3 novelty"][0][0], maps.novelty)
    assert layers["z3 novelty"][1]["contrast_limits"] == (0.0, 2.0)


def test_a_factor_has_the_colour_of_its_region(maps):
    layers = by_name(layers_of_maps(maps))
    shown = layers["z3 predicted regions"][1]["colormap"][2]
    assert layers["z3 factor03_VP"][1]["colormap"] == shown


def test_colour_pictures_are_one_layer_and_channels_are_several(rng):
    color = rng.integers(0, 255, (3, 20, 30)).astype(np.uint8)
    (layer,) = layers_of_maps(MicroarchMaps(SliceImage(color, name="he")))
    assert layer[1]["rgb"]
    assert np.array_equal(layer[0][0], np.moveaxis(color, 0, -1))
    stains = SliceImage(color[:2].astype(np.uint16), name="if")
    names = [
        settings["name"] for _, settings, _ in layers_of_maps(MicroarchMaps(stains))
    ]
    assert names == ["if channel 0", "if channel 1"]


def test_coarser_levels_are_every_second_pixel_and_so_on(rng):
    values = rng.random((30, 2500))
    levels = pyramid(LazyPlane(lambda *at: values[at], values.shape, values.dtype))
    assert [level.shape for level in levels] == [(30, 2500), (15, 1250), (8, 625)]
    assert np.array_equal(levels[2], values[::4, ::4])
    assert np.array_equal(levels[1][3:9, -7:], values[::2, ::2][3:9, -7:])
    assert np.array_equal(levels[1][4], values[::2, ::2][4])
    assert levels[1][5:5, :].shape == (0, 1250)


def test_only_what_is_looked_at_is_read():
    asked = []

    def read(rows, cols):
        asked.append((rows.stop - rows.start) * (cols.stop - cols.start))
        return np.zeros((rows.stop - rows.start, cols.stop - cols.start))

    LazyPlane(read, (5000, 5000), float)[10:20, 30:60]
    assert asked == [300]


@pytest.mark.parametrize(
    ("clusters", "labels", "names"),
    [
        ([[2, -1, 0]], [[2, -1, 0]], ["cluster 0", "cluster 1", "cluster 2"]),
        ([[5000, -1, 7]], [[1, -1, 0]], ["cluster 7", "cluster 5000"]),
        ([["b", "", "a"]], [[1, -1, 0]], ["a", "b"]),
        ([[-1, -1]], [[-1, -1]], []),
    ],
)
def test_clusters_keep_their_numbers_unless_they_are_codes(clusters, labels, names):
    found, called = number_clusters(np.array(clusters))
    assert found.tolist() == labels
    assert called == names


def test_what_are_no_maps_and_no_colours_is_refused(maps):
    with pytest.raises(TypeError, match="map_slice or open_maps"):
        layers_of_maps(maps.image)
    with pytest.raises(TypeError, match="must map regions"):
        layers_of_maps(maps, colors=["#000000"])
    with pytest.raises(ValueError, match=r"'VP' the colour 'red'.*#rrggbb"):
        layers_of_maps(maps, colors={"VP": "red"})
