"""Tests of sklearn_microarch.images.ome_zarr._read_ome_zarr_labels."""

import numpy as np
import pytest

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
