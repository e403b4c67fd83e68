"""Tests of slices and annotations out of layers, without napari."""

import numpy as np
import pytest
from napari_plugin.fake_layers import fake_layer

from sklearn_microarch.napari._sample_layers import sample_layers
from sklearn_microarch.napari._slice_of_layer import (
    parse_names,
    rois_of_layer,
    slice_of_layer,
)


@pytest.mark.parametrize(
    ("scale", "unit", "size"),
    [
        (1.17, "micrometer", 1.17),
        (1170, "nanometer", 1.17),
        (1.17, "pixel", 1.17),
        (1.0, "pixel", None),
        (1.0, "micrometer", 1.0),
    ],
)
def test_the_pixel_size_is_what_the_layer_says(scale, unit, size):
    layer = fake_layer(np.zeros((4, 6)), scale=scale, unit=unit)
    found = slice_of_layer(layer).pixel_size_um
    assert found == (None if size is None else pytest.approx(size))
    assert slice_of_layer(layer, pixel_size_um=3.0).pixel_size_um == 3.0


def test_the_finest_level_and_the_colours_are_taken(rng):
    color = rng.integers(0, 255, (20, 30, 4)).astype(np.uint8)
    layer = fake_layer([color, color[::2, ::2]], rgb=True, multiscale=True)
    image = slice_of_layer(layer)
    assert image.data.shape == (3, 20, 30)
    assert np.array_equal(image.data[2], color[..., 2])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ndim": 3}, "3 axes"),
        ({"scale": np.array([1.0, 2.0])}, "square"),
        ({"scale": np.array([-1.0, -1.0])}, "mirrored"),
        ({"rotate": np.array([[0.0, -1.0], [1.0, 0.0]])}, "rotated"),
        ({"affine": np.diag([2.0, 2.0, 1.0])}, "affine"),
    ],
)
def test_layers_that_are_no_upright_slice_are_refused(changes, message):
    layer = fake_layer(np.zeros((4, 6)))
    vars(layer).update(changes)
    with pytest.raises(ValueError, match=message):
        slice_of_layer(layer)


def test_labels_on_another_grid_find_their_place():
    layer = fake_layer(
        np.zeros((40, 60)), scale=2.0, translate=(100.0, 0.0), unit="micrometer"
    )
    codes = np.repeat([[1, 2]], 5, axis=0)
    labels = fake_layer(codes, scale=16.0, translate=(108.0, 24.0), unit="micrometer")
    image = slice_of_layer(layer)
    rois = rois_of_layer(labels, layer, image, names="1=CTX, 2=VP")
    assert rois.pixel_size_um == 16.0
    assert rois.offset_um == (8.0, 24.0)
    assert rois.labels_at(image, [4, 4, 4], [12, 20, 50]).tolist() == ["CTX", "VP", ""]
    assert rois.colors[1] == (0, 255, 0)


def test_names_come_from_the_text_then_the_table_then_the_number():
    table = {"index": [0, 1, 2], "region": ["", "CTX", "VP"]}
    layer = fake_layer(np.zeros((2, 3)))
    labels = fake_layer(np.array([[0, 1, 2], [0, 3, 3]]), features=table)
    rois = rois_of_layer(labels, layer, slice_of_layer(layer), names="2 = thalamus")
    assert dict(rois.names) == {1: "CTX", 2: "thalamus", 3: "label 3"}


def test_labels_that_cannot_be_placed_are_refused():
    layer = fake_layer(np.zeros((4, 6)))
    image = slice_of_layer(layer)
    with pytest.raises(ValueError, match="is empty"):
        rois_of_layer(fake_layer(np.zeros((4, 6), int)), layer, image)
    with pytest.raises(ValueError, match="pixel_size_um"):
        rois_of_layer(fake_layer(np.ones((2, 3), int)), layer, image)
    um = fake_layer(np.ones((4, 6), int), unit="micrometer")
    mm = fake_layer(np.zeros((4, 6)), unit="millimeter")
    with pytest.raises(ValueError, match="same unit"):
        rois_of_layer(um, mm, slice_of_layer(mm))


def test_names_are_read_from_a_text():
    assert parse_names("1=CTX, 2: VP;\n 3 = corpus callosum ") == {
        1: "CTX",
        2: "VP",
        3: "corpus callosum",
    }
    assert parse_names("") == {}
    with pytest.raises(ValueError, match="'CTX'; write the number"):
        parse_names("CTX, VP")


def test_the_sample_is_a_slice_with_its_regions():
    (levels, about, _), (labels, named, kind) = sample_layers()
    assert kind == "labels"
    assert labels.shape == levels[0].shape
    assert about["scale"] == named["scale"]
    names = named["features"]["region"]
    assert len(names) == 1 + labels.max()
    assert "VP" in names
