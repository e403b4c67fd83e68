"""Tests of training and mapping from layers, without napari."""

import numpy as np
import pytest

from sklearn_microarch import RoiMap, SliceImage
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.model_file import read_manifest
from sklearn_microarch.napari._map_layer import map_layer
from sklearn_microarch.napari._placement import LayerPlacement
from sklearn_microarch.napari._train_on_labels import TrainSettings, train_on_labels

SETTINGS = TrainSettings(patch_size_um=19, stride=8, n_components=6, max_epochs=1)


@pytest.fixture(scope="module")
def annotated():
    found = make_thalamocortical_phantom(
        shape=(192, 768), six_class=True, random_state=0
    )
    rois = RoiMap(found.rois[0], found.roi_names, colors={1: (1, 2, 3)})
    return found.images[0], rois


@pytest.mark.filterwarnings("ignore")
def test_a_model_is_written_and_maps_the_slice_where_it_lies(annotated, tmp_path):
    image, rois = annotated
    path, said = tmp_path / "m.microarch", []
    trained = train_on_labels(image, rois, path, SETTINGS, said.append)
    assert str(path) in str(trained)
    assert len(said) == 3
    facts = read_manifest(path)["facts"]
    assert facts["colors"] == {rois.names[1]: "#010203"}
    assert facts["training"]["sections"][0]["name"] == image.name
    placement = LayerPlacement(1.17, (50.0, 60.0), "micrometer")
    maps, layers = map_layer(image, placement, path, stride=16)
    assert set(maps.region_names) == set(rois.region_names)
    names = {settings["name"]: settings for _, settings, _ in layers}
    assert image.name not in names
    regions = names[f"{image.name} predicted regions"]
    assert regions["scale"] == pytest.approx((16 * 1.17,) * 2)
    assert regions["translate"][0] == pytest.approx(50 + 1.17 * maps.offset[0])
    label = 1 + maps.region_names.index(rois.names[1])
    assert regions["colormap"][label] == "#010203"
    with pytest.raises(FileExistsError):
        train_on_labels(image, rois, path, SETTINGS)


def test_what_cannot_be_trained_on_is_refused_before_training(annotated, tmp_path):
    image, rois = annotated
    path = tmp_path / "m.microarch"
    with pytest.raises(ValueError, match="pixel size"):
        train_on_labels(image.replace(pixel_size_um=None), rois, path, SETTINGS)
    one = RoiMap(np.ones((4, 6), int), ["CTX"])
    tiny = SliceImage(np.zeros((4, 6)), pixel_size_um=1.0)
    with pytest.raises(ValueError, match="only CTX is annotated"):
        train_on_labels(tiny, one, path, SETTINGS)
    with pytest.raises(ValueError, match=r"\.microarch"):
        train_on_labels(image, rois, tmp_path / "m.txt", SETTINGS)
