"""Tests of sklearn_microarch.images.tiff._pixel_size."""

import pytest
import tifffile

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import read_tiff


def read_pixel_size(tmp_path, grey, **options):
    tifffile.imwrite(tmp_path / "slice.tif", grey, **options)
    return read_tiff(tmp_path / "slice.tif").pixel_size_um


@pytest.mark.parametrize(
    "size, unit", [(1.17, "µm"), (1170.0, "nm"), (0.00117, "mm"), (1.17, None)]
)
def test_ome_states_a_length_with_its_unit(tmp_path, grey, size, unit):
    metadata = {"axes": "YX"}
    for axis in "XY":
        metadata[f"PhysicalSize{axis}"] = size
        if unit is not None:
            metadata[f"PhysicalSize{axis}Unit"] = unit
    found = read_pixel_size(tmp_path, grey, ome=True, metadata=metadata)
    assert found == pytest.approx(1.17, rel=1e-12)


def test_ome_pixels_without_a_length_have_no_size(tmp_path, grey):
    metadata = {"axes": "YX", "PhysicalSizeX": 1.17, "PhysicalSizeXUnit": "pixel"}
    assert read_pixel_size(tmp_path, grey, ome=True, metadata=metadata) is None


def test_each_of_several_ome_images_has_its_own_size(tmp_path, grey):
    path = tmp_path / "slices.ome.tif"
    with tifffile.TiffWriter(path, ome=True) as writer:
        writer.write(grey, metadata={"axes": "YX", "PhysicalSizeX": 1.0})
        writer.write(grey[:9], metadata={"axes": "YX", "PhysicalSizeX": 4.0})
    sizes = [read_tiff(path, series=i).pixel_size_um for i in range(2)]
    assert sizes == [1.0, 4.0]


@pytest.mark.parametrize("unit", ["um", "micron", "microns", "\\u00B5m"])
def test_imagej_spells_the_micrometre_in_many_ways(tmp_path, grey, unit):
    options = {"imagej": True, "resolution": (1 / 1.17, 1 / 1.17)}
    found = read_pixel_size(tmp_path, grey, metadata={"unit": unit}, **options)
    assert found == pytest.approx(1.17, rel=1e-6)


@pytest.mark.parametrize("unit", [None, "pixel"])
def test_imagej_without_a_unit_of_length_has_no_size(tmp_path, grey, unit):
    metadata = {} if unit is None else {"unit": unit}
    options = {"imagej": True, "resolution": (0.5, 0.5), "metadata": metadata}
    assert read_pixel_size(tmp_path, grey, **options) is None


@pytest.mark.parametrize("unit, um", [("CENTIMETER", 1e4), ("INCH", 25400)])
def test_the_tags_state_a_resolution_in_a_unit(tmp_path, grey, unit, um):
    resolution = (um / 1.17, um / 1.17)
    found = read_pixel_size(tmp_path, grey, resolution=resolution, resolutionunit=unit)
    assert found == pytest.approx(1.17, rel=1e-6)


@pytest.mark.parametrize(
    "resolution, unit",
    [
        (1, "INCH"),
        (72, "INCH"),
        (96, "INCH"),
        (300, "INCH"),
        (600, "INCH"),
        (28.35, "CENTIMETER"),
        (1 / 1.17, "NONE"),
    ],
)
def test_defaults_of_printers_and_screens_are_no_measurement(
    tmp_path, grey, resolution, unit
):
    options = {"resolution": (resolution, resolution), "resolutionunit": unit}
    assert read_pixel_size(tmp_path, grey, **options) is None


def test_a_resolution_of_zero_is_no_measurement(tmp_path, grey):
    path = tmp_path / "slice.tif"
    tifffile.imwrite(path, grey, resolution=(8547, 8547), resolutionunit="CENTIMETER")
    with tifffile.TiffFile(path, mode="r+b") as tif:
        for name in ("XResolution", "YResolution"):
            tif.pages[0].tags[name].overwrite((0, 0))
    assert read_tiff(path).pixel_size_um is None


def test_pixels_that_are_not_square_are_refused_unless_the_size_is_given(
    tmp_path, grey
):
    metadata = {"axes": "YX", "PhysicalSizeX": 1.0, "PhysicalSizeY": 2.0}
    with pytest.raises(ImageFileError, match=r"1 um wide and 2 um high.*resample"):
        read_pixel_size(tmp_path, grey, ome=True, metadata=metadata)
    image = read_tiff(tmp_path / "slice.tif", pixel_size_um=1.5)
    assert image.pixel_size_um == 1.5
