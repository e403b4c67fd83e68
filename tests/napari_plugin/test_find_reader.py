"""Tests of the reader, without napari."""

import numpy as np
import pytest

from sklearn_microarch import SliceImage
from sklearn_microarch.images import OmeZarrWriter
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.napari._find_reader import find_reader


@pytest.fixture
def folder(tmp_path, rng):
    """Write the maps of two slices as TIFF files."""
    for name in ("z3", "z4"):
        image = SliceImage(
            rng.integers(0, 255, (40, 60)).astype(np.uint8),
            pixel_size_um=2.0,
            name=name,
        )
        maps = MicroarchMaps(
            image, cell_size=8, factors=rng.random((5, 8, 2)).astype(np.float32)
        )
        maps.to_tiff(tmp_path / "any")
    return tmp_path / "any"


def test_the_record_of_a_slice_opens_its_maps(folder):
    path = str(folder / "z4_maps.json")
    layers = find_reader(path)(path)
    names = [settings["name"] for _, settings, _ in layers]
    assert names == ["z4", "z4 factor00", "z4 factor01"]
    assert np.asarray(layers[1][0][0]).shape == (5, 8)


def test_a_folder_opens_all_slices_and_shows_the_first(folder):
    layers = find_reader([str(folder)])([str(folder)])
    shown = {one["name"]: one.get("visible", True) for _, one, _ in layers}
    assert len(shown) == 6
    assert shown["z3"]
    assert not shown["z4"]


def test_a_factor_has_one_scale_on_slices_that_are_opened_together(tmp_path, rng):
    for name, strength in (("z3", 1.0), ("z4", 10.0)):
        loadings = strength * rng.random((5, 8, 2)) * [1.0, 3.0]
        blank = SliceImage(np.zeros((40, 60), dtype=np.uint8), name=name)
        maps = MicroarchMaps(blank, cell_size=8, factors=loadings.astype(np.float32))
        maps.to_tiff(tmp_path / "any")
    one = str(tmp_path / "any" / "z3_maps.json")
    alone = {about["name"]: about for _, about, _ in find_reader(one)(one)}
    both = str(tmp_path / "any")
    layers = {about["name"]: about for _, about, _ in find_reader(both)(both)}
    for factor in ("factor00", "factor01"):
        limits = layers[f"z3 {factor}"]["contrast_limits"]
        assert limits == layers[f"z4 {factor}"]["contrast_limits"]
        assert limits[1] > 5 * alone[f"z3 {factor}"]["contrast_limits"][1]
    first, second = (layers[f"z3 factor0{at}"]["contrast_limits"] for at in (0, 1))
    assert second[1] > 2 * first[1]


def test_other_files_are_left_to_other_readers(tmp_path, folder):
    assert find_reader(str(tmp_path)) is None
    assert find_reader(str(tmp_path / "nothing.zarr")) is None
    assert find_reader(str(folder / "z3_factors.tif")) is None
    with OmeZarrWriter(tmp_path / "plain.zarr", shape=(5, 6)) as writer:
        writer.add_image(["grey"])
    assert find_reader(str(tmp_path / "plain.zarr")) is None
