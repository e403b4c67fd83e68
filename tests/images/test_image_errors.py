"""Tests of sklearn_microarch.images._image_errors."""

import numpy as np
import pytest

from sklearn_microarch.images import (
    read_ome_zarr,
    read_ome_zarr_labels,
    read_ome_zarr_provenance,
    read_tiff,
    write_tiff,
)


def read_labels(path):
    return read_ome_zarr_labels(path, "clusters")


READERS = [read_tiff, read_ome_zarr, read_labels, read_ome_zarr_provenance]


@pytest.mark.parametrize("read", READERS)
def test_what_is_not_there_is_named(tmp_path, read):
    with pytest.raises(FileNotFoundError, match=r"no .* .*missing; check the path"):
        read(tmp_path / "missing")


@pytest.mark.parametrize("read", READERS)
def test_a_link_to_itself_or_to_nothing_is_called_one(tmp_path, read):
    for target in ("link", "nothing"):
        link = tmp_path / "link"
        link.symlink_to(tmp_path / target)
        with pytest.raises(FileNotFoundError, match="a link that leads nowhere"):
            read(link)
        link.unlink()


def test_a_link_to_itself_is_not_written_to(tmp_path):
    link = tmp_path / "link.tif"
    link.symlink_to(link)
    for overwrite in (False, True):
        with pytest.raises(OSError, match=r"symbolic links.*link\.tif"):
            write_tiff(link, np.zeros((4, 5)), overwrite=overwrite)
    assert list(tmp_path.iterdir()) == [link]


@pytest.mark.parametrize(
    "path, error, message",
    [
        (None, TypeError, "path=None must be"),
        (5, TypeError, "path=5 must be"),
        ("a\0b", ValueError, "path='a.*null character"),
    ],
)
def test_what_is_no_path_is_refused_by_every_door(path, error, message):
    for read in READERS:
        with pytest.raises(error, match=message):
            read(path)
    with pytest.raises(error, match=message):
        write_tiff(path, np.zeros((4, 5)))


@pytest.mark.parametrize("value", [1.0, True, "0", 10**400])
def test_a_position_is_an_integer_of_some_size(tmp_path, grey, value):
    path = write_tiff(tmp_path / "a.tif", grey)
    for name in ("page", "series"):
        with pytest.raises((TypeError, ValueError), match=f"{name}="):
            read_tiff(path, **{name: value})
    for name in ("level", "t", "z"):
        with pytest.raises((TypeError, ValueError), match=f"{name}="):
            read_ome_zarr(tmp_path, **{name: value})
