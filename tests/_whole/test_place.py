"""Tests of sklearn_microarch._whole._place: all new, or all old, whatever comes."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from sklearn_microarch._whole import Place, _move, _place
from sklearn_microarch.exceptions import LeftoverWarning, OutputInUseError

OLD = {"a.tif": "old a", "b.tif": "old b", "c.tif": "old c"}
NEW = {"a.tif": "new a", "b.tif": "new b"}


class KilledError(BaseException):
    """Stands for a kill: nothing of the library may catch it."""


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(_move, "WAITS_S", (0, 0))


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path, "maps", shown=tmp_path, may_replace=lambda _: None)


def standing(folder):
    """Return the texts of files that are not hidden."""
    return {p.name: p.read_text() for p in folder.iterdir() if p.name[0] != "."}


def put(folder, texts):
    for name, text in texts.items():
        (folder / name).write_text(text)


def write_new(place):
    with place.hold():
        put(place.new, NEW)
        place.commit(gone=OLD)


def killed_at(monkeypatch, number, names=("rename", "replace")):
    """Let the nth rename be the last thing that happens, but for nothing at all."""
    calls = 0

    def dying(function):
        def call(*paths):
            nonlocal calls
            calls += 1
            if calls >= number:
                raise KilledError
            return function(*paths)

        return call

    for name in names:
        monkeypatch.setattr(os, name, dying(getattr(os, name)))


def leave_as_killed(place, monkeypatch, number):
    """Write as a process does that is killed before its nth rename; True if it was."""
    lock = place.folder / ".maps.lock"
    try:
        with monkeypatch.context() as patch:
            killed_at(patch, number)
            # A killed process clears nothing up.
            patch.setattr(shutil, "rmtree", lambda *_, **__: None)
            patch.setattr(Path, "rmdir", lambda _: None)
            write_new(place)
    except KilledError:
        dead = {"pid": 2**22 + 1, "started": "long ago", "host": _host()}
        lock.write_text(json.dumps(dead))
        return True
    return False


def _host():
    from sklearn_microarch._whole._owner import this_host

    return this_host()


def test_files_take_the_places_of_earlier_ones_together(tmp_path, place):
    put(tmp_path, OLD | {"thesis.txt": "all of it"})
    write_new(place)
    assert standing(tmp_path) == NEW | {"thesis.txt": "all of it"}
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("number", range(1, 9))
def test_whenever_a_writer_is_killed_the_next_one_finds_old_or_new(
    tmp_path, place, monkeypatch, number
):
    put(tmp_path, OLD)
    killed = leave_as_killed(place, monkeypatch, number)
    found = standing(tmp_path)
    assert found.items() <= OLD.items() or found.items() <= NEW.items()
    place.restore()
    # The first rename says that the new files are complete.
    assert standing(tmp_path) == (OLD if killed and number == 1 else NEW)
    write_new(place)
    assert standing(tmp_path) == NEW
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("name", ["a.tif", "b.tif", "c.tif"])
def test_one_file_that_is_held_open_keeps_all_earlier_ones(
    tmp_path, place, monkeypatch, name
):
    put(tmp_path, OLD)
    rename = Path.rename

    def refuse(path, target):
        if name in (path.name, Path(target).name):
            raise PermissionError(errno.EACCES, "Access is denied", str(path))
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        with pytest.raises(PermissionError, match="complete in") as caught:
            write_new(place)
    assert caught.value.filename == str(tmp_path)
    assert str(place.new) in str(caught.value)
    assert standing(tmp_path) == OLD
    assert standing(place.new) == NEW
    place.restore()
    assert standing(tmp_path) == NEW
    assert not place.work.exists()


def test_what_is_refused_for_a_moment_is_tried_again(tmp_path, place, monkeypatch):
    put(tmp_path, OLD)
    rename, refused = Path.rename, []

    def refuse_once(path, target):
        if path.name not in refused:
            refused.append(path.name)
            raise PermissionError(errno.EBUSY, "Device or resource busy", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_once)
    write_new(place)
    assert standing(tmp_path) == NEW
    assert len(refused) == 3


def test_maps_that_cannot_be_moved_yet_are_a_warning_when_they_are_opened(
    tmp_path, place, monkeypatch
):
    put(tmp_path, OLD)
    assert leave_as_killed(place, monkeypatch, 2)

    def refuse(path, target):
        raise PermissionError(errno.EACCES, "Access is denied", str(path))

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.warns(LeftoverWarning, match=r"Access is denied.*complete in"):
        place.restore()
    assert standing(tmp_path) == OLD


def keep_undeleted(monkeypatch, word):
    """Let no folder go that holds a file with a word in it, as with an open file."""
    remove = shutil.rmtree

    def refuse(path, ignore_errors=False, **settings):
        files = [one for one in Path(path).rglob("*") if one.is_file()]
        if not any(word in one.read_text() for one in files):
            remove(path, ignore_errors=ignore_errors, **settings)
        elif not ignore_errors:
            raise PermissionError(errno.EACCES, "Access is denied", str(path))

    monkeypatch.setattr(shutil, "rmtree", refuse)


@pytest.mark.parametrize("by_exchange", [True, False])
def test_an_old_folder_that_cannot_be_deleted_is_a_warning(
    tmp_path, monkeypatch, by_exchange
):
    place = Place(tmp_path, "z", shown=tmp_path / "z", may_replace=lambda _: None)

    def write(text):
        with place.hold():
            (place.new / "z").mkdir()
            (place.new / "z" / "of").write_text(text)
            place.commit()

    if not by_exchange:
        monkeypatch.setattr(_place, "swap_places", lambda *_: False)
    write("first")
    with monkeypatch.context() as patch:
        keep_undeleted(patch, "first")
        # While it stays it is in nobody's way.
        for text in ("second", "third"):
            with pytest.warns(LeftoverWarning, match=r"Access is denied.*is in place"):
                write(text)
            assert (tmp_path / "z" / "of").read_text() == text
    assert [path.read_text() for path in place.work.rglob("of")] == ["first"]
    # Once it can be deleted, the next writer does.
    write("fourth")
    assert (tmp_path / "z" / "of").read_text() == "fourth"
    assert list(tmp_path.iterdir()) == [tmp_path / "z"]


def test_earlier_files_that_cannot_be_deleted_are_a_warning(
    tmp_path, place, monkeypatch
):
    put(tmp_path, OLD)
    with monkeypatch.context() as patch:
        keep_undeleted(patch, "old a")
        with pytest.warns(LeftoverWarning, match=r"old holds.*Access is denied"):
            write_new(place)
        assert standing(tmp_path) == NEW
    assert standing(place.work / "old") == OLD
    place.restore()
    assert standing(tmp_path) == NEW
    write_new(place)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("text", ["", "[1]", '{"names": {}}'])
def test_a_damaged_note_of_what_is_complete_is_named(tmp_path, place, text):
    put(tmp_path, OLD)
    place.work.mkdir()
    (place.work / "commit.json").write_text(text)
    with pytest.warns(LeftoverWarning, match=r"commit\.json.*delete that folder"):
        place.restore()
    with pytest.raises(OSError, match=r"commit\.json.*is damaged"), place.hold():
        pytest.fail("held")
    assert standing(tmp_path) == OLD


def test_two_writers_are_told_apart_before_the_work(tmp_path, place):
    other = Place(tmp_path, "maps", shown=tmp_path, may_replace=lambda _: None)
    elsewhere = Place(tmp_path, "others", shown=tmp_path, may_replace=lambda _: None)
    with place.hold():
        with (
            pytest.raises(OutputInUseError, match="another thread of this process"),
            other.hold(),
        ):
            pytest.fail("held")
        with elsewhere.hold():
            pass
        put(place.new, NEW)
        place.commit()
    with other.hold():
        pass
    assert standing(tmp_path) == NEW
    assert len(list(tmp_path.iterdir())) == 2


def test_what_may_never_be_replaced_is_not_though_new_files_wait(
    tmp_path, place, monkeypatch
):
    assert leave_as_killed(place, monkeypatch, 2)
    put(tmp_path, {"b.tif": "raw"})

    def never(path):
        raise FileExistsError(f"{path} is no map.")

    strict = Place(tmp_path, "maps", shown=tmp_path, may_replace=never)
    with pytest.raises(FileExistsError, match=r"is no map\. Meanwhile"), strict.hold():
        pytest.fail("held")
    assert standing(tmp_path) == {"b.tif": "raw"}


def test_folders_change_places_in_one_instant_where_they_can(tmp_path, monkeypatch):
    place = Place(tmp_path, "z", shown=tmp_path / "z", may_replace=lambda _: None)
    swap, swapped = _place.swap_places, []

    def watched(*paths):
        swapped.append(swap(*paths))
        return swapped[-1]

    monkeypatch.setattr(_place, "swap_places", watched)
    for text in ("old", "new"):
        with place.hold():
            (place.new / "z").mkdir()
            (place.new / "z" / "of").write_text(text)
            place.commit()
        assert (tmp_path / "z" / "of").read_text() == text
    assert len(swapped) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "z"]
