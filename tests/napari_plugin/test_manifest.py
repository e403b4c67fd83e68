"""Tests of the manifest, with npe2 and without napari."""

from fnmatch import fnmatch
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import sklearn_microarch

npe2 = pytest.importorskip("npe2", reason="npe2 checks the manifest")
MANIFEST = Path(sklearn_microarch.__file__).parent / "napari" / "napari.yaml"


@pytest.fixture(scope="module")
def manifest():
    return npe2.PluginManifest.from_file(MANIFEST)


def test_all_that_the_manifest_names_can_be_imported(manifest):
    manifest.validate_imports()
    assert len(manifest.contributions.commands) == 4


def test_the_manifest_is_found_by_the_name_of_the_distribution(manifest):
    (found,) = entry_points(group="napari.manifest", name="sklearn-microarch")
    assert found.value == "sklearn_microarch.napari:napari.yaml"
    assert manifest.name == "sklearn-microarch"


@pytest.mark.parametrize(
    ("path", "offered"),
    [
        ("/a/z309.ome.zarr", True),
        ("/a/z309_maps.json", True),
        ("/a/maps", True),
        ("/a/slice.tif", False),
    ],
)
def test_the_reader_is_offered_for_what_may_hold_maps(manifest, path, offered):
    (reader,) = manifest.contributions.readers
    assert any(fnmatch(path, one) for one in reader.filename_patterns) == offered
    assert reader.accepts_directories
