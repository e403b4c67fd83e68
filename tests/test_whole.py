"""Tests of sklearn_microarch._whole."""

import errno
import os
from pathlib import Path

import pytest

from sklearn_microarch._whole import _place, replace_file, replace_folder


def anything(path):
    """Let anything be replaced."""


def nothing(path):
    """Refuse to replace anything."""
    if path.exists():
        raise FileExistsError(f"{path} exists")


@pytest.fixture
def earlier(tmp_path):
    """Return a folder that was written before."""
    path = tmp_path / "maps.zarr"
    path.mkdir()
    (path / "of").write_text("before")
    return path


def attribute(path):
    return (path / "of").read_text()


def write_anew(path, *, check=anything, may_replace=anything):
    with replace_folder(path, check=check, may_replace=anything) as folder:
        (folder / "of").write_text("now")
        if path.exists():
            assert attribute(path) == "before"


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


def test_a_folder_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "maps.zarr"
    write_anew(path, check=nothing, may_replace=anything)
    assert attribute(path) == "now"
    assert list(tmp_path.iterdir()) == [path]


def test_an_earlier_folder_is_replaced_as_a_whole(tmp_path, earlier):
    (earlier / "stray").write_text("")
    write_anew(earlier)
    assert attribute(earlier) == "now"
    assert not (earlier / "stray").exists()
    assert list(tmp_path.iterdir()) == [earlier]


def test_a_link_goes_on_pointing_to_the_folder(tmp_path, earlier):
    link = tmp_path / "link.zarr"
    link.symlink_to(earlier, target_is_directory=True)
    write_anew(link)
    assert link.is_symlink()
    assert attribute(earlier) == "now"


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_a_failure_leaves_the_earlier_folder_and_nothing_else(tmp_path, earlier, error):
    def fail():
        with replace_folder(earlier, check=anything, may_replace=anything) as folder:
            (folder / "half").write_text("")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert attribute(earlier) == "before"
    assert list(tmp_path.iterdir()) == [earlier]


def test_a_failure_of_the_last_move_brings_the_earlier_folder_back(
    tmp_path, earlier, monkeypatch
):
    rename = Path.rename

    def fail(path, target):
        if (path / "of").exists() and attribute(path) == "now":
            raise OSError(errno.EIO, "Input/output error", str(path))
        return rename(path, target)

    # As on a system that cannot let two folders change places.
    monkeypatch.setattr(_place, "swap_places", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="Input/output error"):
        write_anew(earlier)
    assert attribute(earlier) == "before"
    monkeypatch.undo()
    # It was complete: the next who writes here puts it in place first.
    with replace_folder(earlier, check=anything, may_replace=anything) as folder:
        assert attribute(earlier) == "now"
        (folder / "of").write_text("later")
    assert attribute(earlier) == "later"
    assert list(tmp_path.iterdir()) == [earlier]


def test_what_appears_meanwhile_is_not_replaced(tmp_path):
    path = tmp_path / "maps.zarr"

    def write():
        with replace_folder(path, check=nothing, may_replace=anything):
            path.mkdir()
            (path / "of").write_text("before")

    with pytest.raises(FileExistsError, match="exists"):
        write()
    assert attribute(path) == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_names_the_folder_that_was_wanted(tmp_path, number):
    def fail():
        with replace_folder(
            tmp_path / "maps.zarr", check=nothing, may_replace=anything
        ):
            raise OSError(number, "No space left on device")

    with pytest.raises(OSError, match="earlier one is untouched") as caught:
        fail()
    assert caught.value.errno == number
    assert caught.value.filename == str(tmp_path / "maps.zarr")
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_something_else_stays_what_it_is(tmp_path):
    lost = FileNotFoundError(errno.ENOENT, "No such file", "slice.tif")

    def fail():
        with replace_folder(
            tmp_path / "maps.zarr", check=nothing, may_replace=anything
        ):
            raise lost

    with pytest.raises(FileNotFoundError) as caught:
        fail()
    assert caught.value is lost


@pytest.mark.parametrize("write", ["file", "folder"])
def test_a_loop_of_links_is_named(tmp_path, write):
    path = tmp_path / "maps"
    path.symlink_to(path)
    whole = (
        replace_file(path)
        if write == "file"
        else replace_folder(path, check=anything, may_replace=anything)
    )
    with (
        pytest.raises(OSError, match="symbolic links; choose another") as caught,
        whole,
    ):
        pytest.fail("opened")
    assert (caught.value.errno, caught.value.filename) == (errno.ELOOP, str(path))


def test_a_link_goes_on_pointing_to_the_file(tmp_path):
    target = tmp_path / "here" / "map.tif"
    target.parent.mkdir()
    target.write_bytes(b"old")
    link = tmp_path / "link.tif"
    link.symlink_to(target)
    with replace_file(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
