"""Tests that maps in TIFF files open as those in memory and in OME-Zarr."""

import json
import subprocess
import sys

import numpy as np
import pytest
from mapping.slices import assert_equal_maps, in_memory, piece
from pipelines import fitted_pipeline

from sklearn_microarch import map_slice
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.mapping import MicroarchMaps, open_maps
from sklearn_microarch.mapping.reading._stored_map import StoredMap

STEM = "phantom_z001"


@pytest.fixture
def folder(tmp_path):
    in_memory(6).to_tiff(tmp_path)
    return tmp_path


def test_maps_open_as_they_were_without_being_loaded(folder):
    maps = open_maps(folder)
    assert isinstance(maps.factors, StoredMap)
    np.testing.assert_array_equal(
        maps.factors[3:9, 5:20, 1], in_memory(6).factors[3:9, 5:20, 1]
    )
    assert_equal_maps(maps, in_memory(6))
    assert maps.image.specimen == "mouse 1"
    assert maps.drift == in_memory(6).drift
    assert maps.about == in_memory(6).about
    assert maps.record == in_memory(6).record
    assert maps.record["model"]["fingerprint"]


def test_of_several_slices_one_is_named(folder):
    other = in_memory(6).replace(image=piece().replace(name="z 9"))
    other.to_tiff(folder)
    with pytest.raises(ValueError, match=r"name=None must name .*'phantom_z001', 'z_"):
        open_maps(folder)
    with pytest.raises(ValueError, match="name='z8' must name one"):
        open_maps(folder, "z8")
    assert open_maps(folder, name="z 9").image.name == "z 9"
    assert open_maps(folder, STEM).image.name == STEM
    with pytest.raises(TypeError, match="name=9 must be a string"):
        open_maps(folder, 9)


def test_maps_made_by_hand_are_opened_too(tmp_path):
    maps = MicroarchMaps(
        piece().replace(name=""), cell_size=7, novelty=np.zeros((29, 100), np.float32)
    )
    maps.to_tiff(tmp_path)
    found = open_maps(tmp_path)
    assert_equal_maps(found, maps)
    assert found.grid == maps.grid


@pytest.mark.parametrize("kind", ["factors", "slice"])
def test_a_file_that_is_missing_is_named(folder, kind):
    (folder / f"{STEM}_{kind}.tif").unlink()
    with pytest.raises(FileNotFoundError, match=rf"{STEM}_{kind}\.tif is missing"):
        open_maps(folder)


@pytest.mark.parametrize("text", ["{", "[]", '{"model": 1}'])
def test_a_damaged_record_is_named(folder, text):
    (folder / f"{STEM}_maps.json").write_text(text)
    with pytest.raises(ImageFileError, match=rf"{STEM}_maps\.json is"):
        open_maps(folder)


def test_maps_that_do_not_fit_their_slice_are_damaged(folder):
    path = folder / f"{STEM}_maps.json"
    record = json.loads(path.read_text())
    record["settings"]["cell_size"] = 5.0
    path.write_text(json.dumps(record))
    with pytest.raises(ImageFileError, match="do not fit its slice"):
        open_maps(folder)


def test_a_folder_without_maps_says_what_it_looked_for(tmp_path):
    with pytest.raises(ImageFileError, match=r"holds no maps: neither"):
        open_maps(tmp_path)


def test_tiff_maps_need_no_zarr(tmp_path):
    map_slice(fitted_pipeline(), piece(), stride=16, out=tmp_path, resume=True)
    code = (
        "import sys; sys.modules['zarr'] = None\n"
        "from sklearn_microarch.mapping import open_maps\n"
        f"print(open_maps({str(tmp_path)!r}).factors[:2].shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "(2, 44, 6)"
