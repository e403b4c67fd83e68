"""Tests that a volume is opened as it lies, and that what is missing is named."""

import numpy as np
import pytest
import tifffile
import zarr
from volumes.brains import grey

from sklearn_microarch import SliceImage
from sklearn_microarch.exceptions import ImageFileError, PixelSizeWarning
from sklearn_microarch.images import write_tiff
from sklearn_microarch.volumes import open_volume

KNOWN = {"pixel_size_um": 1.17, "spacing_um": 5.0}


def ome_zarr(path, array, axes, scale, unit="micrometer"):
    root = zarr.create_group(path)
    root.create_array("0", data=array)
    described = [
        {"name": axis, "type": "channel"}
        if axis == "c"
        else {"name": axis, "type": "space", **({"unit": unit} if unit else {})}
        for axis in axes
    ]
    steps = [{"type": "scale", "scale": scale}]
    levels = [{"path": "0", "coordinateTransformations": steps}]
    image = [{"name": "brain", "axes": described, "datasets": levels}]
    root.attrs["ome"] = {"version": "0.5", "multiscales": image}
    return path


@pytest.mark.parametrize("axis, at", [("z", 0), ("y", 1), ("x", 2)])
def test_planes_lie_across_an_axis(axis, at):
    volume = open_volume(grey(), axis=axis, **KNOWN)
    assert len(volume) == grey().shape[at]
    np.testing.assert_array_equal(volume.plane(3).pixels, np.take(grey(), 3, axis=at))


def test_an_ome_zarr_volume_is_cut_across_y(tmp_path):
    path = ome_zarr(tmp_path / "v.zarr", grey(), "zyx", [1.17, 5.0, 1.17])
    volume = open_volume(path, axis="y")
    assert (len(volume), volume.pixel_size_um, volume.spacing_um) == (200, 1.17, 5.0)
    np.testing.assert_array_equal(volume.plane(7).pixels, grey()[:, 7])


def test_planes_of_pixels_that_are_not_square_are_refused(tmp_path):
    path = ome_zarr(tmp_path / "v.zarr", grey(), "zyx", [5.0, 1.17, 1.17])
    with pytest.raises(ImageFileError, match="square pixels are needed"):
        open_volume(path, axis="y")


@pytest.mark.parametrize("axes, message", [("zxy", "in the order"), ("cyx", "has z")])
def test_axes_in_another_order_are_named(tmp_path, axes, message):
    path = ome_zarr(tmp_path / "v.zarr", grey(), axes, [1.0, 1.0, 1.0])
    with pytest.raises(ImageFileError, match=message):
        open_volume(path)


def test_channels_are_read_along_z_only(tmp_path):
    two = np.stack([grey(), 255 - grey()])
    path = ome_zarr(tmp_path / "v.zarr", two, "czyx", [1.0, 5.0, 1.17, 1.17])
    assert open_volume(path).plane(1).n_channels == 2
    one = open_volume(path, channels=1)
    np.testing.assert_array_equal(one.plane(1).pixels, 255 - grey()[1])
    with pytest.raises(ValueError, match="for volumes of one channel"):
        open_volume(path, axis="y")


def test_an_unknown_distance_of_planes_is_an_error(tmp_path):
    for at in range(3):
        picture = SliceImage(grey()[at], pixel_size_um=1.17)
        write_tiff(tmp_path / f"s{at}.tif", picture)
    with pytest.raises(ValueError, match="pass spacing_um"):
        open_volume(tmp_path)
    assert open_volume(tmp_path, spacing_um=40).plane(2).z_um == 80


def test_an_unknown_pixel_size_is_said():
    with pytest.warns(PixelSizeWarning, match="numpy array 4 x 200 x 600"):
        volume = open_volume(grey())
    assert volume.plane(1).pixel_size_um is None


def test_files_follow_each_other_by_their_numbers(tmp_path):
    for number in (8, 9, 10, 11):
        tifffile.imwrite(tmp_path / f"a2_s{number}.tif", grey()[number - 8])
    (tmp_path / "notes.txt").write_text("no picture")
    volume = open_volume(tmp_path, **KNOWN)
    assert len(volume) == 4
    for at in range(4):
        np.testing.assert_array_equal(volume.plane(at).pixels, grey()[at])


def test_a_number_that_is_left_out_is_named(tmp_path):
    for number in (8, 9, 11, 14):
        tifffile.imwrite(tmp_path / f"s{number:03d}.tif", grey()[0])
    with pytest.raises(ValueError, match=r"lacks .* numbers \[10, 12, 13\]"):
        open_volume(tmp_path, **KNOWN)
    paths = sorted(tmp_path.iterdir())
    assert len(open_volume(paths, **KNOWN)) == 4


def test_every_second_section_is_a_series_too(tmp_path):
    for number in (2, 4, 6):
        tifffile.imwrite(tmp_path / f"s{number}.tif", grey()[0])
    assert len(open_volume(tmp_path, **KNOWN)) == 3


def test_the_distance_in_a_tiff_stack_is_read(tmp_path):
    stack = tmp_path / "imagej.tif"
    tifffile.imwrite(
        stack,
        grey(),
        imagej=True,
        resolution=(1 / 1.17, 1 / 1.17),
        metadata={"axes": "ZYX", "unit": "um", "spacing": 7.5},
    )
    volume = open_volume(stack)
    assert volume.spacing_um == pytest.approx(7.5)
    assert volume.pixel_size_um == pytest.approx(1.17)
    np.testing.assert_array_equal(volume.plane(3).pixels, grey()[3])


def test_times_and_depths_are_not_one_volume(tmp_path):
    stack = tmp_path / "both.ome.tif"
    both = np.stack([grey(), grey()])
    tifffile.imwrite(stack, both, metadata={"axes": "TZYX"})
    with pytest.raises(ImageFileError, match=r"T=2, Z=4"):
        open_volume(stack, **KNOWN)


def test_planes_of_another_size_are_named():
    volume = open_volume(grey(), **KNOWN)
    with pytest.raises(ValueError, match="at=4 must be at most 3"):
        volume.plane(4)


@pytest.mark.parametrize(
    "array, error, message",
    [
        (np.zeros((40, 60)), ValueError, r"shape \(40, 60\)"),
        (np.zeros((40, 60, 3)), ValueError, "channels last"),
        (np.zeros((3, 40, 60), complex), TypeError, "complex128"),
        ([], ValueError, "empty list"),
        ("no/such/folder", FileNotFoundError, "no volume"),
    ],
)
def test_what_is_no_volume_is_named(array, error, message):
    with pytest.raises(error, match=message):
        open_volume(array, **KNOWN)


@pytest.mark.parametrize(
    "changed, error, message",
    [
        ({"axis": "t"}, ValueError, "axis='t'"),
        ({"spacing_um": 0}, ValueError, "spacing_um=0"),
        ({"spacing_um": "5"}, TypeError, "spacing_um='5'"),
        ({"pixel_size_um": -1}, ValueError, "pixel_size_um=-1"),
        ({"name": 7}, TypeError, "name=7"),
        ({"channels": 1}, ValueError, "channels is for files"),
    ],
)
def test_wrong_arguments_are_named(changed, error, message):
    with pytest.raises(error, match=message):
        open_volume(grey(), **KNOWN | changed)


def test_planes_share_their_grey_levels():
    volume = open_volume(grey(), **KNOWN).share_grey_levels(n_planes=2)
    levels = [volume.plane(at).grey_levels for at in range(4)]
    assert all(one is levels[0] for one in levels)
    alone = open_volume(grey()[[0, 3]], **KNOWN).share_grey_levels()
    np.testing.assert_array_equal(levels[0].measures, alone.grey_levels.measures)
