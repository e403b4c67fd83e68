"""Tests of the plugin in napari itself; `make napari` runs them.

Where napari is not installed, they are skipped.
"""

import os
from importlib.util import find_spec

import numpy as np
import pytest
from napari_plugin.fake_layers import fake_layer
from volumes.brains import SPACING_UM, STRIDE

from sklearn_microarch import SliceImage, map_slice
from sklearn_microarch.mapping import MicroarchMaps, open_maps
from sklearn_microarch.model_file import load_model, read_manifest
from sklearn_microarch.napari._placement import LayerPlacement
from sklearn_microarch.napari._slice_of_layer import slice_of_layer
from sklearn_microarch.napari._widgets import make_train_widget

COLUMNS = ("index", "region")

pytestmark = [
    pytest.mark.skipif(
        find_spec("napari") is None, reason="napari is not installed: make napari"
    ),
    # Those of other libraries are none of ours.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module", autouse=True)
def plugins():
    """Find what is installed, as napari does when it starts."""
    from npe2 import PluginManager

    PluginManager.instance().discover()


@pytest.fixture
def viewer():
    from napari.components import ViewerModel

    return ViewerModel()


@pytest.fixture
def window():
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        pytest.skip("Qt draws no OpenGL without a screen; install xvfb")
    from napari import Viewer

    made = Viewer(show=False)
    yield made
    made.close()


@pytest.fixture(scope="module")
def app():
    from napari.qt import get_qapp

    return get_qapp()


@pytest.fixture
def maps(rng):
    image = SliceImage(
        rng.integers(0, 255, (67, 88)).astype(np.uint8), pixel_size_um=2.0, name="z3"
    )
    return MicroarchMaps(
        image,
        cell_size=8,
        offset=(4.0, 5.0),
        factors=rng.random((8, 11, 2)).astype(np.float32),
        factor_names=["factor03_VP", "factor01_CTX"],
        clusters=np.arange(88).reshape(8, 11) % 5 - 1,
        region_probabilities=rng.dirichlet([1, 1], size=(8, 11)).astype(np.float32),
        region_names=["CTX", "VP"],
        novelty=rng.random((8, 11)).astype(np.float32),
    )


def finish(worker):
    """Wait for a worker, and let the viewer take what it returns."""
    from qtpy.QtCore import QEventLoop

    loop, errors, results = QEventLoop(), [], []
    worker.errored.connect(errors.append)
    worker.returned.connect(results.append)
    worker.finished.connect(loop.quit)
    loop.exec()
    assert not errors
    return results[0]


def test_the_plugin_is_found_and_opens_maps(viewer, maps, tmp_path):
    maps.to_tiff(tmp_path / "maps")
    viewer.open(tmp_path / "maps", plugin="sklearn-microarch")
    names = [layer.name for layer in viewer.layers]
    assert names[0] == "z3"
    assert names[-2:] == ["z3 clusters", "z3 predicted regions"]
    regions = viewer.layers["z3 predicted regions"]
    # In world units, cell (2, 3) lies at 2 um * (offset + 8 * (2, 3)).
    assert np.allclose(regions.data_to_world((2, 3)), (2 * 20, 2 * 29))
    named = regions.features.set_index("index")["region"]
    label = regions.get_value((40, 58), world=True)
    assert named[label] == maps.region_names[maps.predicted_regions[2, 3]]
    assert not np.allclose(regions.get_color(1), regions.get_color(2))


@pytest.fixture(scope="module")
def sample():
    """Open the sample as a user does from the menu."""
    from napari.components import ViewerModel

    viewer = ViewerModel()
    viewer.open_sample("sklearn-microarch", "phantom")
    return list(viewer.layers)


@pytest.fixture(scope="module")
def model(app, sample, tmp_path_factory):
    """Train a model with the widget."""
    path = tmp_path_factory.mktemp("model") / "m.microarch"
    image, labels = sample
    widget = make_train_widget()
    settings = {"patch_size_um": 19, "stride": 32, "n_components": 6, "max_epochs": 1}
    finish(widget(image=image, labels=labels, model=path, **settings))
    return path


def test_the_train_widget_writes_a_model_with_the_names_of_the_layer(model, sample):
    found = read_manifest(model)
    names = set(sample[1].features["region"]) - {""}
    assert {one["name"] for one in found["model"]["regions"]} == names
    assert set(found["facts"]["colors"]) == names


def test_a_mapped_layer_is_written_and_opened_level_by_level(
    model, sample, viewer, tmp_path
):
    image = slice_of_layer(sample[0])
    map_slice(load_model(model), image, stride=32, out=tmp_path / "m.zarr")
    viewer.open(tmp_path / "m.zarr", plugin="sklearn-microarch")
    assert viewer.layers[0].multiscale
    assert np.array_equal(viewer.layers[0].data[0], image.pixels)


def test_the_widgets_in_a_window_map_in_the_colours_of_the_annotation(
    model, sample, window
):
    for layer in sample:
        window.add_layer(layer)
    image, labels = sample
    _, widget = window.window.add_plugin_dock_widget(
        "sklearn-microarch", "Map with a saved model"
    )
    mine = labels.data.copy()
    for name in ("predicted regions", "predicted regions [1]"):
        finish(widget(model=model, image=image, stride=32))
        assert f"{image.name} {name}" in window.layers
    assert labels in window.layers
    assert np.array_equal(labels.data, mine)
    mapped = window.layers[f"{image.name} predicted regions"]
    assert np.allclose(mapped.scale, 32 * image.scale)
    codes = dict(zip(labels.features["region"], labels.features["index"], strict=True))
    for label, name in zip(*(mapped.features[c] for c in COLUMNS), strict=True):
        if name:
            ours, theirs = mapped.get_color(label), labels.get_color(codes[name])
            assert np.allclose(ours, theirs, atol=0.01)
    assert window.screenshot(flash=False).std() > 1


def test_a_volume_lies_where_it_is_and_is_cut_from_three_sides(viewer, volume_maps):
    viewer.open(volume_maps, plugin="sklearn-microarch")
    maps = open_maps(volume_maps, z=1)
    assert viewer.dims.axis_labels == ("z", "y", "x")
    edge = STRIDE * maps.image.pixel_size_um
    assert np.allclose(viewer.layers["brain"].scale, (SPACING_UM, 1.17, 1.17))
    for name in ("brain factor00_7", "brain clusters", "brain predicted regions"):
        assert np.allclose(viewer.layers[name].scale, (SPACING_UM, edge, edge))
        assert {str(unit) for unit in viewer.layers[name].units} == {"micrometer"}
    regions = viewer.layers["brain predicted regions"]
    named = regions.features.set_index("index")["region"]
    label = regions.get_value((SPACING_UM, 5 * edge, 7 * edge), world=True)
    assert named[label] == maps.region_names[maps.predicted_regions[5, 7]]
    # The section xz, of all planes.
    viewer.dims.order = (1, 0, 2)
    viewer.dims.set_point(1, 5 * edge)
    for z in (0, 1, 3):
        place = (z * SPACING_UM, 5 * edge, 7 * edge)
        at = open_maps(volume_maps, z=z).predicted_regions[5, 7]
        assert regions.get_value(place, world=True) == at + 1
    # It is not mapped.
    assert not regions.get_value((2 * SPACING_UM, 5 * edge, 7 * edge), world=True)


@pytest.mark.skipif(
    find_spec("napari_ome_zarr") is None, reason="napari-ome-zarr is not installed"
)
def test_the_usual_reader_of_ome_zarr_opens_a_volume(viewer, volume_maps):
    maps = open_maps(volume_maps, z=1)
    edge = STRIDE * maps.image.pixel_size_um
    viewer.open(volume_maps, plugin="napari-ome-zarr")
    viewer.open(volume_maps / "slice", plugin="napari-ome-zarr")
    layers = {layer.name: layer for layer in viewer.layers}
    factors = [f"brain: {name}" for name in maps.factor_names]
    labels = ["labels/labels/clusters", "labels/labels/regions"]
    assert list(layers) == [*factors, *labels, "slice: slice"]
    for name in (*factors, *labels):
        assert np.allclose(layers[name].scale, (SPACING_UM, edge, edge))
    assert np.allclose(layers["slice: slice"].scale, (SPACING_UM, 1.17, 1.17))
    assert all(layer.axis_labels == ("z", "y", "x") for layer in viewer.layers)
    for at, name in enumerate(factors):
        wanted = np.asarray(maps.factors)[..., at]
        assert np.array_equal(np.asarray(layers[name].data[1]), wanted, equal_nan=True)
    wanted = np.asarray(maps.predicted_regions) + 1
    assert np.array_equal(np.asarray(layers[labels[1]].data[1]), wanted)
    assert list(layers[labels[1]].features["region"]) == maps.region_names


def test_layers_are_what_the_other_tests_take_them_for():
    from napari.layers import Image, Labels

    placed = {"scale": (2.0, 2.0), "translate": (3.0, 4.0), "units": ("um", "um")}
    fake = fake_layer(None, scale=2.0, translate=(3.0, 4.0), unit="micrometer")
    image, labels = Image(np.zeros((4, 6)), **placed), Labels(np.ones((4, 6), int))
    assert not {"features", "get_color"} ^ missing(fake, image)
    assert not {"rgb"} ^ missing(fake, labels)
    assert LayerPlacement.of_layer(image) == LayerPlacement.of_layer(fake)


def missing(fake, layer):
    """Return what a layer has not, of what is faked."""
    return {name for name in vars(fake) if not hasattr(layer, name)}
