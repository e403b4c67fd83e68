"""Tests of sklearn_microarch.datasets.prasad2020._download, on a local server.

The real host was never asked; these tests hold what its documents say of it.
"""

import hashlib
import json

import numpy as np
import pytest

from sklearn_microarch.datasets import fetch_prasad2020
from sklearn_microarch.exceptions import DownloadError, ImageFileError
from sklearn_microarch.images import read_tiff

SHAPE = (1420, 5805)


def path_of(channel, z):
    return f"/v1/cutout/prasad/prasad2020/{channel}/0/0:5805/0:1420/{z}:{z + 1}/"


@pytest.fixture(scope="module")
def volume(as_npygz):
    """Return an image and an annotation as the server sends them, and the arrays."""
    image = np.zeros((1, *SHAPE), dtype=np.uint8)
    image[0] = np.add.outer(np.arange(SHAPE[0]), np.arange(SHAPE[1])) % 251
    codes = np.zeros((1, *SHAPE), dtype=np.uint64)
    codes[0, 100:900, 200:5000] = 1 + np.arange(4800, dtype=np.uint64) // 600
    bodies = {"image": as_npygz(image), "region_of_interest": as_npygz(codes)}
    return image[0], codes[0], bodies


@pytest.fixture
def server(local_server, volume):
    for z in (209, 210):
        for channel, body in volume[2].items():
            local_server.answers[path_of(channel, z)] = 200, body
    return local_server


def fetch(server, z=209):
    return fetch_prasad2020(z, download_if_missing=True, base_url=server.url)


def test_a_slice_and_its_regions_are_downloaded_once(empty_home, server, volume):
    first, second = fetch(server), fetch(server)
    assert [path for path, _ in server.requests] == [
        path_of("image", 209),
        path_of("region_of_interest", 209),
    ]
    for data in (first, second):
        np.testing.assert_array_equal(data.image.data, volume[0])
        np.testing.assert_array_equal(data.rois, volume[1])
        assert data.rois.dtype == np.uint8
        assert data.label_source == "published"
        assert server.url + path_of("region_of_interest", 209) in data.DESCR
    assert sorted(path.name for path in empty_home.iterdir()) == [
        "prasad2020_z209.tif",
        "prasad2020_z209.tif.json",
        "prasad2020_z209_rois.tif",
        "prasad2020_z209_rois.tif.json",
    ]
    assert read_tiff(empty_home / "prasad2020_z209.tif").pixel_size_um == 1.17


def test_the_record_holds_the_sum_of_the_file_as_it_is(empty_home, server):
    fetch(server, z=210)
    content = (empty_home / "prasad2020_z210.tif").read_bytes()
    record = json.loads((empty_home / "prasad2020_z210.tif.json").read_text())
    assert record == {
        "url": server.url + path_of("image", 210),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def test_a_file_that_changed_since_is_refused(empty_home, server):
    fetch(server, z=210)
    path = empty_home / "prasad2020_z210.tif"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ImageFileError, match=r"z210\.tif has changed.*Delete both"):
        fetch_prasad2020(210)
    (empty_home / "prasad2020_z210.tif.json").write_text("{}")
    with pytest.raises(ImageFileError, match="no record of a download"):
        fetch_prasad2020(210)


def test_only_annotated_slices_are_asked_for_regions(empty_home, server):
    data = fetch(server, z=210)
    assert data.rois is None
    assert [path for path, _ in server.requests] == [path_of("image", 210)]


def test_nothing_is_downloaded_unless_told(empty_home, server):
    with pytest.raises(FileNotFoundError):
        fetch_prasad2020(209, base_url=server.url)
    assert server.requests == []


def test_an_empty_slice_of_tissue_is_refused(empty_home, server, as_npygz):
    body = as_npygz(np.zeros((1, *SHAPE), np.uint8))
    for z in (210, 700):
        server.answers[path_of("image", z)] = 200, body
    with pytest.raises(DownloadError, match=r"only zeros.*z=210"):
        fetch(server, z=210)
    assert not empty_home.exists()
    assert not fetch(server, z=700).image.data.any()


@pytest.mark.parametrize("code, message", [(0, "no ROI at all"), (9, r"codes \[9\]")])
def test_regions_with_no_or_other_codes_are_refused(
    empty_home, server, as_npygz, code, message
):
    body = as_npygz(np.full((1, *SHAPE), code, np.uint64))
    server.answers[path_of("region_of_interest", 209)] = 200, body
    with pytest.raises(DownloadError, match=message):
        fetch(server)
    names = sorted(path.name for path in empty_home.iterdir())
    assert names == ["prasad2020_z209.tif", "prasad2020_z209.tif.json"]


def test_a_failure_leaves_no_file(empty_home, server):
    server.answers[path_of("image", 209)] = 503, b"busy"
    with pytest.raises(DownloadError, match="HTTP 503"):
        fetch(server)
    assert not empty_home.exists()


def test_a_folder_that_cannot_be_written_is_named(empty_home, server):
    empty_home.write_text("a file where the folder should be")
    with pytest.raises(DownloadError, match=r"could not be kept as .*data_home"):
        fetch(server, z=210)
