"""Tests that volumes at an address are those of a folder."""

import pickle
import sys

import fsspec
import numpy as np
import pytest
import zarr
from volumes.brains import SPACING_UM, assert_equal_planes, grey, plane_maps, run
from volumes.test_map_volume import as_ome_zarr

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.volumes import open_volume

ADDRESS = "memory://brains/brain.ome.zarr"


@pytest.fixture
def address(tmp_path):
    """Return the address of a volume in fsspec's file system in memory."""
    files = fsspec.filesystem("memory")
    files.put(str(as_ome_zarr(tmp_path)), ADDRESS, recursive=True)
    yield ADDRESS
    files.rm("memory://brains", recursive=True)


def test_an_image_at_an_address_maps_as_that_in_a_folder(address, client, tmp_path):
    volume = open_volume(address).share_grey_levels()
    assert (volume.name, volume.shape) == ("brain", (4, 200, 600))
    assert (volume.pixel_size_um, volume.spacing_um) == (1.17, SPACING_UM)
    report = run(tmp_path / "maps.zarr", client, volume, slices=[2])
    assert report.mapped == [2], report
    assert_equal_planes(open_maps(tmp_path / "maps.zarr", z=2), plane_maps(2))
    # What a worker is sent is the address alone.
    assert len(pickle.dumps(volume.source)) < 2000
    again = pickle.loads(pickle.dumps(volume.source))
    np.testing.assert_array_equal(again.plane(1).pixels, grey()[1])


def test_channels_levels_and_axes_are_found(tmp_path):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 900, (2, 5, 40, 60)).astype(">u2")
    root = zarr.create_group(tmp_path / "two.zarr", zarr_format=2)
    for level, values in enumerate((pixels, pixels[..., ::2, ::2])):
        root.create_array(str(level), data=values)
    unit = {"type": "space", "unit": "micrometer"}
    axes = [{"name": "c", "type": "channel"}, *({"name": a, **unit} for a in "zyx")]
    levels = [
        {
            "path": str(level),
            "coordinateTransformations": [
                {"type": "scale", "scale": [1.0, 5.0, 2.0 * edge, 2.0 * edge]}
            ],
        }
        for level, edge in enumerate((1, 2))
    ]
    root.attrs["multiscales"] = [{"version": "0.4", "axes": axes, "datasets": levels}]
    root.attrs["omero"] = {"channels": [{"label": "red"}, {"label": "far red"}]}
    address = f"file://{tmp_path}/two.zarr"
    both = open_volume(address)
    assert (both.n_channels, both.dtype) == (2, np.dtype("u2"))
    np.testing.assert_array_equal(both.plane(3).pixels, pixels[:, 3])
    red = open_volume(address, channels="far red", level=1)
    assert (red.pixel_size_um, red.spacing_um, red.n_channels) == (4.0, 5.0, None)
    np.testing.assert_array_equal(red.plane(4).pixels, pixels[1, 4, ::2, ::2])
    # Across y, pixels are 5 by 2 um.
    with pytest.raises(ImageFileError, match="square"):
        open_volume(address, axis="y", channels=0)
    across = open_volume(address, axis="y", channels=0, pixel_size_um=2, spacing_um=2)
    np.testing.assert_array_equal(across.plane(7).pixels, pixels[0, :, 7])


def test_an_array_at_an_address_is_a_volume(tmp_path):
    zarr.create_array(tmp_path / "grey.zarr", data=grey())
    known = {"pixel_size_um": 1.17, "spacing_um": SPACING_UM}
    address = f"file://{tmp_path}/grey.zarr"
    volume = open_volume(address, **known)
    np.testing.assert_array_equal(volume.plane(3).pixels, grey()[3])
    assert not volume.source.is_loaded
    with pytest.raises(ValueError, match="neither channels nor levels"):
        open_volume(address, channels=0, **known)


@pytest.mark.parametrize(
    "address", ["memory://nothing.zarr", "what://is/this.zarr", "file:///no/brain.zarr"]
)
def test_an_address_without_a_volume_is_named(address):
    with pytest.raises(ImageFileError, match=address):
        open_volume(address)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(ImportError, match="pip install fsspec"):
        open_volume(ADDRESS)


def test_a_plane_that_cannot_be_read_is_named(address):
    volume = open_volume(address)
    files = fsspec.filesystem("memory")
    for chunk in files.find(f"{ADDRESS}/0/c/0/2"):
        files.pipe(chunk, b"no chunk")
    with pytest.raises(ImageFileError, match=r"brain\.ome\.zarr: plane 2"):
        volume.plane(2)
    assert volume.plane(1).shape == (200, 600)
