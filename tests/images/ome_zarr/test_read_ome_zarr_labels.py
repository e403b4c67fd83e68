"""Tests of sklearn_microarch.images.ome_zarr._read_ome_zarr_labels."""

import shutil

import numpy as np
import pytest
import zarr

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import OmeZarrWriter, read_ome_zarr_labels


@pytest.fixture(params=["0.4", "0.5"])
def path(request, tmp_path):
    """Return an image of 40 x 61 pixels with labels "cells"."""
    path = tmp_path / "z159.ome.zarr"
    about = {2: {"name": "glia", "n": 3}, 5: {"name": "neuron"}}
    with OmeZarrWriter(path, shape=(40, 61), version=request.param) as writer:
        writer.add_image(["grey"], dtype="uint8")
        writer.add_label("cells", properties=about)[3:5, 7:] = 2
    return path


def test_labels_come_with_what_is_known_of_each(path):
    labels, properties = read_ome_zarr_labels(path, "cells")
    assert (labels.name, labels.dtype) == ("cells", np.uint16)
    expected = np.zeros((40, 61), np.uint16)
    expected[3:5, 7:] = 2
    np.testing.assert_array_equal(labels.pixels, expected)
    assert properties == {2: {"name": "glia", "n": 3}, 5: {"name": "neuron"}}


def test_labels_that_are_not_there_name_those_that_are(path):
    with pytest.raises(ImageFileError, match=r"'dots'.*no such labels.*\['cells'\]"):
        read_ome_zarr_labels(path, "dots")
    with pytest.raises(ImageFileError, match="no such labels; it has none"):
        read_ome_zarr_labels(path / "labels" / "cells", "dots")


@pytest.mark.parametrize("name", [None, 5, ["cells"]])
def test_a_name_is_a_string(path, name):
    with pytest.raises(TypeError, match=r"name=.* must be the name of a label image"):
        read_ome_zarr_labels(path, name)


def test_a_level_that_is_not_there_is_named(path):
    with pytest.raises(ImageFileError, match="level=1 does not exist"):
        read_ome_zarr_labels(path, "cells", level=1)


def write_labels(path, data, axes, **options):
    """Write labels as other programs do: chunks of background have no file."""
    group = zarr.open_group(path, mode="a").require_group("labels/cells")
    array = group.create_array("0", shape=data.shape, dtype=data.dtype, **options)
    array[...] = data
    entry = {"axes": [{"name": n} for n in axes], "datasets": [{"path": "0"}]}
    group.attrs["ome"] = {"version": "0.5", "multiscales": [entry]}


def test_chunks_without_a_file_are_background(tmp_path):
    data = np.zeros((70, 90), np.int32)
    data[40:60, 40:70] = 3
    write_labels(tmp_path / "a.zarr", data, "yx", chunks=(30, 30))
    labels, _ = read_ome_zarr_labels(tmp_path / "a.zarr", "cells")
    np.testing.assert_array_equal(labels.pixels, data)
    with pytest.raises(ImageFileError, match="chunks are missing"):
        read_ome_zarr_labels(tmp_path / "a.zarr", "cells", allow_missing_chunks=False)


def test_labels_of_a_stack_are_chosen(tmp_path, rng):
    data = rng.integers(0, 9, (2, 3, 40, 50), dtype=np.int32)
    write_labels(tmp_path / "a.zarr", data, "tzyx", chunks=(1, 1, 40, 50))
    labels, _ = read_ome_zarr_labels(tmp_path / "a.zarr", "cells", t=1, z=2)
    np.testing.assert_array_equal(labels.pixels, data[1, 2])
    with pytest.raises(ImageFileError, match="choose one with t=0 to t=1"):
        read_ome_zarr_labels(tmp_path / "a.zarr", "cells", z=2)


def test_labels_are_whole_numbers(tmp_path):
    write_labels(tmp_path / "a.zarr", np.ones((4, 5)), "yx", chunks=(4, 5))
    with pytest.raises(ImageFileError, match="float64, but labels are whole"):
        read_ome_zarr_labels(tmp_path / "a.zarr", "cells")


@pytest.mark.parametrize("edge, is_right", [(1.0, False), (0.5, True), (0.7, False)])
def test_labels_reach_no_further_than_their_image(tmp_path, edge, is_right):
    small, large = tmp_path / "small.zarr", tmp_path / "large.zarr"
    for path, shape, um in ((small, (40, 60), 1.0), (large, (80, 120), edge)):
        with OmeZarrWriter(path, shape=shape, pixel_size_um=um) as writer:
            writer.add_image(["grey"], dtype="uint8")[:] = 1
            writer.add_label("cells")[:] = 1
    shutil.rmtree(small / "labels/cells")
    shutil.copytree(large / "labels/cells", small / "labels/cells")
    if is_right:
        labels, _ = read_ome_zarr_labels(small, "cells")
        assert labels.shape == (80, 120)
    else:
        with pytest.raises(ImageFileError, match=r"80 x 120 .*another image"):
            read_ome_zarr_labels(small, "cells")


def test_a_lost_chunk_of_what_was_written_here_is_an_error(tmp_path):
    path = tmp_path / "a.zarr"
    with OmeZarrWriter(path, shape=(40, 61), provenance={"by": "us"}) as writer:
        writer.add_image(["grey"], dtype="uint8")
        writer.add_label("cells")[:] = 1
    for file in (path / "labels/cells/0/c").rglob("*"):
        if file.is_file():
            file.unlink()
    with pytest.raises(ImageFileError, match="chunks are missing"):
        read_ome_zarr_labels(path, "cells")
