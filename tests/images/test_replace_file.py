"""Tests of sklearn_microarch.images._replace_file."""

import errno
import os

import pytest

from sklearn_microarch.images._replace_file import replace_file


def test_a_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "map.tif"
    with replace_file(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_ordinary_file_is_not_replaced(tmp_path, make):
    path = tmp_path / "map.tif"
    make(path)
    with (
        pytest.raises(FileExistsError, match=r"map\.tif is a folder, a device or a"),
        replace_file(path),
    ):
        pytest.fail("opened")
    assert not path.is_file()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_a_failure_leaves_the_earlier_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "map.tif"
    path.write_bytes(b"old")

    def fail():
        with replace_file(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_names_the_file_that_was_wanted(tmp_path):
    full = OSError(errno.ENOSPC, "No space left on device", "elsewhere")

    def fail():
        with replace_file(tmp_path / "map.tif"):
            raise full

    with pytest.raises(OSError, match="earlier one is untouched") as caught:
        fail()
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename == str(tmp_path / "map.tif")


def test_an_absent_folder_is_a_file_not_found_error(tmp_path):
    manager = replace_file(tmp_path / "maps" / "map.tif")
    with pytest.raises(FileNotFoundError, match=r"maps/map\.tif"):
        manager.__enter__()
