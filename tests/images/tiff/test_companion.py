"""Tests of sklearn_microarch.images.tiff._companion: sets described by a text file."""

import numpy as np
import pytest
import tifffile

from sklearn_microarch import read_image
from sklearn_microarch.exceptions import ImageFileError


@pytest.fixture
def planes(rng):
    """Return pictures over depth and channel."""
    return rng.integers(0, 4096, (3, 2, 11, 13), dtype=np.uint16)


@pytest.fixture
def companion(tmp_path, planes):
    """Write a file for each depth, a page for each channel, and what names them."""
    data = ""
    for z, pictures in enumerate(planes):
        with tifffile.TiffWriter(tmp_path / f"z{z}.tif") as writer:
            for picture in pictures:
                writer.write(picture, metadata=None, contiguous=False)
        data += f"""<TiffData FirstZ="{z}" IFD="0" PlaneCount="2">
            <UUID FileName="z{z}.tif">urn:uuid:{z}</UUID></TiffData>"""
    xml = f"""<?xml version="1.0"?>
        <OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image>
        <Pixels DimensionOrder="XYCZT" SizeX="13" SizeY="11" SizeC="2" SizeZ="3"
        SizeT="1" PhysicalSizeX="0.7" PhysicalSizeY="0.7"><Channel Name="DAPI"/>
        <Channel Name="NeuN"/>{data}</Pixels></Image></OME>"""
    (tmp_path / "set.companion.ome").write_text(xml)
    return tmp_path / "set.companion.ome"


def test_planes_are_taken_from_the_files_that_are_named(companion, planes):
    for z in range(3):
        image = read_image(companion, z=z)
        np.testing.assert_array_equal(image.pixels, planes[z])
    assert (image.name, image.pixel_size_um) == ("set", 0.7)
    image = read_image(companion, z=1, channels="NeuN")
    np.testing.assert_array_equal(image.pixels, planes[1, 1])
    with pytest.raises(ImageFileError, match="3 positions along z"):
        read_image(companion)
    with pytest.raises(ImageFileError, match="z=3 does not exist"):
        read_image(companion, z=3)


def test_a_file_that_is_missing_is_named(companion):
    (companion.parent / "z1.tif").unlink()
    with pytest.raises(ImageFileError, match=r"names the file 'z1\.tif', which is not"):
        read_image(companion, z=1)


@pytest.mark.parametrize(
    "before, after, message",
    [
        ("z1.tif", "../z1.tif", "no file of its own folder"),
        ('SizeZ="3"', 'SizeZ="3000000000"', "announces"),
        ('SizeZ="3"', 'SizeZ="-3"', "announces"),
        ("</OME>", "", "cannot be read"),
        ("<OME", "<!DOCTYPE a [<!ENTITY b 'c'>]><OME", "entities"),
        ("Pixels", "Pictures", "describes no image"),
    ],
)
def test_a_companion_that_is_not_to_be_followed_is_refused(
    companion, before, after, message
):
    companion.write_text(companion.read_text().replace(before, after))
    with pytest.raises(ImageFileError, match=message):
        read_image(companion, z=1)
