"""Tests of sklearn_microarch.sheets._file_fingerprint."""

import hashlib
from pathlib import Path

from sklearn_microarch.sheets._file_fingerprint import (
    changed_since,
    file_fingerprint,
    telling_names,
)


def test_a_files_fingerprint_is_its_sha256(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes(b"regions")
    assert file_fingerprint(path) == hashlib.sha256(b"regions").hexdigest()


def test_a_folder_changes_with_its_files_and_their_names(tmp_path):
    folder = tmp_path / "a.zarr"
    (folder / "0").mkdir(parents=True)
    (folder / "0" / "chunk").write_bytes(b"1")
    first = file_fingerprint(folder)
    assert file_fingerprint(folder) == first
    (folder / "0" / "chunk").write_bytes(b"2")
    second = file_fingerprint(folder)
    (folder / "0" / "chunk").rename(folder / "0" / "other")
    assert len({first, second, file_fingerprint(folder)}) == 3


def test_names_have_as_many_folders_as_tell_files_apart():
    paths = [Path("/a/m1/rois.tif"), Path("/a/m2/rois.tif"), Path("/b/other.tif")]
    assert telling_names(paths) == ["m1/rois.tif", "m2/rois.tif", "other.tif"]
    assert telling_names([paths[0], paths[0]]) == ["rois.tif", "rois.tif"]


def test_only_the_file_that_changed_is_told(tmp_path):
    paths = [tmp_path / animal / "rois.tif" for animal in ("m1", "m2")]
    for path in paths:
        path.parent.mkdir()
        path.write_text(path.parent.name)
    known = {
        name: file_fingerprint(path)
        for name, path in zip(telling_names(paths), paths, strict=True)
    }
    paths[1].write_text("corrected")
    assert [changed_since(known, path) for path in paths] == [False, True]
    assert not changed_since(known, tmp_path / "m1" / "new_rois.tif")
