"""Tests of sklearn_microarch.images.ome_zarr._folder."""

import errno
from pathlib import Path

import pytest
import zarr

from sklearn_microarch.images.ome_zarr._folder import check_output, replace_folder

RECORD = dict.fromkeys(["model", "image", "factors", "regions", "clusters"])


@pytest.fixture
def earlier(tmp_path):
    """Return the path of maps that were written before."""
    path = tmp_path / "maps.zarr"
    zarr.create_group(path, attributes={"of": "before", "sklearn_microarch": RECORD})
    return path


def attribute(path):
    return zarr.open_group(path, mode="r").attrs["of"]


def write_anew(path, *, overwrite=True):
    with replace_folder(path, overwrite=overwrite) as folder:
        zarr.create_group(folder, attributes={"of": "now"})
        if path.exists():
            assert attribute(path) == "before"


def test_a_folder_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "maps.zarr"
    write_anew(path, overwrite=False)
    assert attribute(path) == "now"
    assert list(tmp_path.iterdir()) == [path]


def test_an_earlier_group_is_replaced_as_a_whole(tmp_path, earlier):
    # What a file manager leaves goes with it.
    (earlier / ".DS_Store").write_text("")
    write_anew(earlier)
    assert attribute(earlier) == "now"
    assert not (earlier / ".DS_Store").exists()
    assert list(tmp_path.iterdir()) == [earlier]


def test_a_link_goes_on_pointing_to_the_group(tmp_path, earlier):
    link = tmp_path / "link.zarr"
    link.symlink_to(earlier, target_is_directory=True)
    write_anew(link)
    assert link.is_symlink()
    assert attribute(earlier) == "now"


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_a_failure_leaves_the_earlier_group_and_nothing_else(tmp_path, earlier, error):
    def fail():
        with replace_folder(earlier, overwrite=True) as folder:
            (folder / "half").write_text("")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert attribute(earlier) == "before"
    assert list(tmp_path.iterdir()) == [earlier]


def test_a_failure_of_the_last_move_brings_the_earlier_group_back(
    tmp_path, earlier, monkeypatch
):
    rename = Path.rename

    def fail(path, target):
        if path.name.endswith(".part"):
            raise OSError(errno.EIO, "Input/output error", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(
        OSError, match="Input/output error; it was not written"
    ) as caught:
        write_anew(earlier)
    assert caught.value.filename == str(earlier)
    assert attribute(earlier) == "before"
    assert list(tmp_path.iterdir()) == [earlier]


def test_what_appears_meanwhile_is_not_replaced(tmp_path):
    path = tmp_path / "maps.zarr"

    def write():
        with replace_folder(path, overwrite=False):
            zarr.create_group(path, attributes={"of": "before"})

    with pytest.raises(FileExistsError, match="pass overwrite=True"):
        write()
    assert attribute(path) == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_names_the_folder_that_was_wanted(tmp_path, number):
    def fail():
        with replace_folder(tmp_path / "maps.zarr", overwrite=False):
            raise OSError(number, "No space left on device")

    with pytest.raises(OSError, match="earlier one is untouched") as caught:
        fail()
    assert caught.value.errno == number
    assert caught.value.filename == str(tmp_path / "maps.zarr")
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_something_else_stays_what_it_is(tmp_path):
    lost = FileNotFoundError(errno.ENOENT, "No such file", "slice.tif")

    def fail():
        with replace_folder(tmp_path / "maps.zarr", overwrite=False):
            raise lost

    with pytest.raises(FileNotFoundError) as caught:
        fail()
    assert caught.value is lost


def test_a_group_is_replaced_only_when_told(earlier):
    with pytest.raises(FileExistsError, match="pass overwrite=True"):
        check_output(earlier, overwrite=False)
    check_output(earlier, overwrite=True)


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_group_is_never_replaced(tmp_path, overwrite):
    folder = tmp_path / "photos"
    folder.mkdir()
    array = tmp_path / "array.zarr"
    zarr.create_array(array, shape=(3,), dtype="u1")
    file = tmp_path / "notes.txt"
    file.write_text("notes")
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "zarr.json").write_text("{")
    for path in (folder, array, file, damaged):
        with pytest.raises(
            FileExistsError, match=r"is no zarr group.*choose another path"
        ):
            check_output(path, overwrite=overwrite)


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("record", [None, {}, {"model": 1, "image": 2}, "maps"])
def test_a_group_that_does_not_say_it_holds_maps_is_never_replaced(
    tmp_path, zarr_format, record
):
    path = tmp_path / "raw.zarr"
    attributes = {} if record is None else {"sklearn_microarch": record}
    zarr.create_group(path, zarr_format=zarr_format, attributes=attributes)
    with pytest.raises(FileExistsError, match=r"raw\.zarr does not say.*raw data"):
        check_output(path, overwrite=True)


@pytest.mark.parametrize("place", ["my_cells", "labels/mine", "slice/mine"])
def test_maps_to_which_something_was_added_are_not_replaced(earlier, place):
    check_output(earlier, overwrite=True)
    zarr.create_array(f"{earlier}/{place}", shape=(3,), dtype="u1")
    with pytest.raises(FileExistsError, match=rf"more than maps.*\({place}\)"):
        check_output(earlier, overwrite=True)


def test_the_folder_to_write_into_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*maps for a\.zarr"):
        check_output(tmp_path / "maps" / "a.zarr", overwrite=False)
