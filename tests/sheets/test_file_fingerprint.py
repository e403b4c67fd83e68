"""Tests of sklearn_microarch.sheets._file_fingerprint."""

import hashlib

from sklearn_microarch.sheets._file_fingerprint import file_fingerprint


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
