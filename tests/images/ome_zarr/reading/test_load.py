"""Tests of sklearn_microarch.images.ome_zarr.reading: damage, shards and paths."""

import contextlib

import numpy as np
import pytest
import zarr

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import read_ome_zarr


@pytest.fixture(params=["plain", "sharded", "0.4"])
def path(request, tmp_path, grey):
    """Return an image in chunks of 16 x 16, or shards of 32 x 32."""
    version = "0.4" if request.param == "0.4" else "0.5"
    group = zarr.create_group(tmp_path / "a.zarr", zarr_format=2 + (version == "0.5"))
    options = {"shards": (32, 32)} if request.param == "sharded" else {}
    group.create_array("0", data=grey, chunks=(16, 16), **options)
    entry = {"axes": [{"name": n} for n in "yx"], "datasets": [{"path": "0"}]}
    about = {"version": version, "multiscales": [entry]}
    group.attrs.update(about if version == "0.4" else {"ome": about})
    return tmp_path / "a.zarr"


def chunk_files(path):
    return sorted(
        file
        for file in (path / "0").rglob("*")
        if file.is_file() and not file.name.startswith((".", "zarr"))
    )


@pytest.mark.parametrize("cut", [5, 40, 10**6])
def test_a_chunk_that_is_cut_off_is_named(path, grey, cut):
    np.testing.assert_array_equal(read_ome_zarr(path).pixels, grey)
    file = chunk_files(path)[3]
    file.write_bytes(file.read_bytes()[:-cut] if cut < 10**6 else b"")
    with pytest.raises(ImageFileError) as caught:
        read_ome_zarr(path).pixels  # noqa: B018 - what is read on demand
    assert str(file) in str(caught.value)


def test_mutations_are_typed_errors_or_pictures(path, rng):
    for file in [*chunk_files(path)[:4], path / "0/zarr.json", path / "0/.zarray"]:
        if not file.is_file():
            continue
        whole = file.read_bytes()
        for number in range(12):
            content = bytearray(whole)
            for at in rng.integers(0, len(content), 1 + number % 3):
                content[at] ^= 1 << rng.integers(8)
            file.write_bytes(content)
            with contextlib.suppress(ImageFileError):
                read_ome_zarr(path, allow_missing_chunks=True).pixels.sum()
        file.write_bytes(whole)


def test_a_level_without_its_image_says_so(path, grey, tmp_path):
    image = read_ome_zarr(path / "0")
    np.testing.assert_array_equal(image.pixels, grey)
    assert image.name == "a"
    (path / "0").rename(tmp_path / "alone")
    with pytest.raises(ImageFileError, match="zarr array without the metadata"):
        read_ome_zarr(tmp_path / "alone")


@pytest.mark.parametrize(
    "steps, um",
    [
        ([{"type": "scale", "scale": [0.5, 0.5]}], 0.5),
        ([{"type": "affine", "affine": [[1, 0, 0], [0, 1, 0]]}], None),
        ([{"type": "identity"}], None),
        ([{"type": "translation", "translation": [1, 1]}], None),
        ([], None),
        ([{"type": "scale", "scale": None}], "error"),
        ([{"scale": [1, 1]}], "error"),
        ("scale", "error"),
        ([{"type": "scale", "scale": [-1.0, 1.0]}], "error"),
    ],
)
def test_a_pixel_size_is_a_scale_that_is_stated(tmp_path, grey, steps, um):
    group = zarr.create_group(tmp_path / "a.zarr")
    group.create_array("0", data=grey)
    axes = [{"name": n, "type": "space", "unit": "micrometer"} for n in "yx"]
    datasets = [{"path": "0", "coordinateTransformations": steps}]
    entry = {"axes": axes, "datasets": datasets}
    group.attrs["ome"] = {"version": "0.5", "multiscales": [entry]}
    if um == "error":
        with pytest.raises(ImageFileError, match="coordinateTransformations"):
            read_ome_zarr(tmp_path / "a.zarr")
    else:
        assert read_ome_zarr(tmp_path / "a.zarr").pixel_size_um == um


@pytest.mark.parametrize("version", ["0.1", "0.3", "0.4-dev-spatialdata"])
def test_old_and_marked_versions_are_read(tmp_path, grey, version):
    group = zarr.create_group(tmp_path / "a.zarr", zarr_format=2)
    group.create_array("0", data=grey[None, None, None])
    entry = {"datasets": [{"path": "0"}], "version": version}
    if version == "0.3":
        entry["axes"] = list("tczyx")
    elif version != "0.1":
        entry["axes"] = [{"name": n} for n in "TCZYX"]
    group.attrs["multiscales"] = [entry]
    image = read_ome_zarr(tmp_path / "a.zarr")
    np.testing.assert_array_equal(image.pixels, grey)
    assert image.pixel_size_um is None
