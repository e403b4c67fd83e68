"""Tests of sklearn_microarch.mapping._disk_space."""

import shutil
from collections import namedtuple

import pytest
from mapping.slices import assert_equal_maps, in_memory, piece
from pipelines import fitted_pipeline

from sklearn_microarch import map_slice
from sklearn_microarch.exceptions import DiskSpaceError, DiskSpaceWarning

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def disk(monkeypatch):
    """Let the disk have so many bytes left."""

    def leave(free):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 0, free))

    return leave


@pytest.mark.parametrize("name", ["a.zarr", "tiff"])
def test_maps_that_cannot_fit_are_refused_before_the_work(
    tmp_path, disk, monkeypatch, name
):
    disk(10_000)
    monkeypatch.setattr("sklearn_microarch.mapping._slice_run.map_rows", None)
    with pytest.raises(
        DiskSpaceError, match=r"has 0\.01 MB left, less than .* MB"
    ) as e:
        map_slice(fitted_pipeline(), piece(), stride=3, out=tmp_path / name)
    assert str(tmp_path / name) in str(e.value)
    assert "larger stride" in str(e.value)
    assert not (tmp_path / name).exists()


def test_maps_that_may_not_fit_are_warned_of(tmp_path, disk):
    disk(500_000)
    with pytest.warns(DiskSpaceWarning, match="may not fit"):
        found = map_slice(fitted_pipeline(), piece(), stride=3, out=tmp_path / "a.zarr")
    assert_equal_maps(found, in_memory())


def test_an_estimate_is_near_what_maps_take(tmp_path, disk):
    path = tmp_path / "a.zarr"
    map_slice(fitted_pipeline(), piece(), stride=3, out=path)
    taken = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    # Above what they take nothing is said, far below it they are refused.
    disk(3 * taken)
    map_slice(fitted_pipeline(), piece(), stride=3, out=path, overwrite=True)
    disk(taken // 4)
    with pytest.raises(DiskSpaceError):
        map_slice(fitted_pipeline(), piece(), stride=3, out=path, overwrite=True)


def test_what_a_disk_does_not_tell_is_not_checked(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError

    monkeypatch.setattr(shutil, "disk_usage", refuse)
    map_slice(fitted_pipeline(), piece(), stride=9, out=tmp_path / "a.zarr")
