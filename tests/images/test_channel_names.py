"""Tests of sklearn_microarch.images._channel_names."""

import numpy as np
import pytest

from sklearn_microarch.images import OmeZarrWriter, read_tiff, write_tiff
from sklearn_microarch.images._channel_names import check_channel_names, check_text

CONTROLS = ["\x00", "\x01", "\n", "\t", "\x7f", "\x85"]
UNWRITABLE = [*CONTROLS, "\ud800", "\udfff", "\ufffe", "\uffff"]


@pytest.mark.parametrize("character", UNWRITABLE, ids=ascii)
def test_names_that_cannot_be_read_back_are_refused_for_every_kind_of_file(
    tmp_path, character
):
    names = ["VP", f"a{character}b"]
    with pytest.raises(ValueError, match=r"channel_names\[1\]=.*control characters"):
        write_tiff(tmp_path / "maps.tif", np.zeros((2, 9, 9)), channel_names=names)
    assert not list(tmp_path.iterdir())
    with (
        pytest.raises(ValueError, match=r"channel_names\[1\]=.*control characters"),
        OmeZarrWriter(tmp_path / "maps.ome.zarr", shape=(9, 9)) as writer,
    ):
        writer.add_image(names)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "names, error, message",
    [
        ("abc", TypeError, "channel_names='abc' must be a sequence of strings"),
        ([1, 2], TypeError, "sequence of strings"),
        (None, TypeError, "channel_names=None"),
        (5, TypeError, "channel_names=5"),
        ([], ValueError, "is empty"),
        (["a"], ValueError, "has 1 names, but the image has 2 channels"),
    ],
)
def test_what_is_no_list_of_names_is_refused(names, error, message):
    with pytest.raises(error, match=message):
        check_channel_names(names, n_channels=2)


def test_names_may_be_of_any_script_and_come_as_an_array():
    names = ["factor07_VP", 'é <&"> 2', "皮質", "a b"]
    found = check_channel_names(np.array(names))
    assert found == names
    assert all(type(name) is str for name in found)


def test_only_a_description_has_lines(tmp_path):
    assert check_text("description", "two\nlines", lines=True) == "two\nlines"
    with pytest.raises(ValueError, match=r"image\.name='two\\nlines'"):
        check_text("image.name", "two\nlines")
    path = write_tiff(tmp_path / "a.tif", np.zeros((4, 5)), description="two\nlines")
    assert read_tiff(path).shape == (4, 5)
