"""Tests of sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance."""

import pytest
import zarr

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import OmeZarrWriter, read_ome_zarr_provenance


@pytest.mark.parametrize("version", ["0.4", "0.5"])
@pytest.mark.parametrize("record", [{"scanner": "micro-CT", "n": [1, 2]}, {}, None])
def test_the_record_is_what_was_written(tmp_path, version, record):
    path = tmp_path / "a.ome.zarr"
    options = {"version": version, "provenance": record}
    with OmeZarrWriter(path, shape=(7, 9), **options) as writer:
        writer.add_image(["grey"])
    assert read_ome_zarr_provenance(path) == (record or {})


def test_what_another_program_wrote_is_no_record(tmp_path):
    group = zarr.create_group(tmp_path / "a.zarr")
    assert read_ome_zarr_provenance(tmp_path / "a.zarr") == {}
    group.attrs["sklearn_microarch"] = "a text"
    assert read_ome_zarr_provenance(tmp_path / "a.zarr") == {}


def test_a_folder_that_is_no_group_is_an_error(tmp_path):
    with pytest.raises(ImageFileError, match=str(tmp_path)):
        read_ome_zarr_provenance(tmp_path)
