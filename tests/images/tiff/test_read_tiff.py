"""Tests of sklearn_microarch.images.tiff._read_tiff."""

import numpy as np
import pytest
import tifffile

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import SliceImage, read_tiff

LOSSLESS = ["zlib", "lzw", "lzma", "zstd", "packbits", "png", "jpeg2000", "jpegxl"]


@pytest.fixture
def colour(rng):
    return rng.integers(0, 256, size=(70, 90, 3), dtype=np.uint8)


@pytest.fixture
def stack(rng):
    """Return pictures over time, depth and channel."""
    return rng.integers(0, 4096, size=(2, 3, 4, 11, 13), dtype=np.uint16)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"byteorder": ">"},
        {"bigtiff": True},
        {"tile": (32, 32)},
        {"compression": "zlib", "predictor": True, "byteorder": ">"},
        {"imagej": True},
        {"ome": True},
        {"photometric": "miniswhite"},
        {"metadata": None},
        *({"compression": name, "tile": (32, 32)} for name in LOSSLESS),
        *({"compression": name, "rowsperstrip": 16} for name in LOSSLESS),
    ],
)
def test_every_dialect_gives_the_stored_values(tmp_path, grey, options):
    values = grey.astype(np.uint16) * 100
    tifffile.imwrite(tmp_path / "slice.tif", values, **options)
    image = read_tiff(tmp_path / "slice.tif")
    np.testing.assert_array_equal(image.data, values)
    assert image.dtype == np.uint16
    assert image.dtype.isnative


@pytest.mark.parametrize("dtype", ["bool", "int8", "int32", "float32", "float64"])
def test_every_real_type_is_read(tmp_path, grey, dtype):
    values = (grey.astype(int) - 100).astype(dtype)
    tifffile.imwrite(tmp_path / "slice.tif", values)
    np.testing.assert_array_equal(read_tiff(tmp_path / "slice.tif").data, values)


def test_twelve_bit_samples_are_unpacked(tmp_path, grey):
    values = grey.astype(np.uint16) * 16
    tifffile.imwrite(tmp_path / "slice.tif", values, bitspersample=12)
    np.testing.assert_array_equal(read_tiff(tmp_path / "slice.tif").data, values)


def test_jpeg_is_read_within_its_loss(tmp_path):
    values = np.add.outer(np.arange(70), np.arange(90)).astype(np.uint8)
    options = {"compression": "jpeg", "compressionargs": {"level": 95}}
    tifffile.imwrite(tmp_path / "slice.tif", values, tile=(32, 32), **options)
    image = read_tiff(tmp_path / "slice.tif")
    assert np.abs(image.data.astype(int) - values).max() <= 6


@pytest.mark.parametrize("compression", [None, "jpeg2000", "webp", "png"])
def test_colour_samples_become_channels_in_front(tmp_path, colour, compression):
    options = {"photometric": "rgb", "tile": (32, 32), "compression": compression}
    tifffile.imwrite(tmp_path / "slice.tif", colour, **options)
    image = read_tiff(tmp_path / "slice.tif")
    np.testing.assert_array_equal(image.data, np.moveaxis(colour, -1, 0))


def test_samples_in_separate_planes_become_channels(tmp_path, colour):
    planes = np.moveaxis(colour, -1, 0)
    options = {"photometric": "rgb", "planarconfig": "separate"}
    tifffile.imwrite(tmp_path / "slice.tif", planes, **options)
    np.testing.assert_array_equal(read_tiff(tmp_path / "slice.tif").data, planes)


@pytest.mark.parametrize("dialect", ["ome", "imagej"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_a_page_of_a_hyperstack_has_all_its_channels(
    tmp_path, stack, dialect, compression
):
    path = tmp_path / "stack.tif"
    options = {dialect: True, "metadata": {"axes": "TZCYX"}, "compression": compression}
    tifffile.imwrite(path, stack, **options)
    for page in range(6):
        image = read_tiff(path, page=page)
        np.testing.assert_array_equal(image.data, stack[page // 3, page % 3])
    with pytest.raises(ImageFileError, match=r"stack\.tif.*6 slices.*page=0 to page=5"):
        read_tiff(path)


def test_plain_pages_are_a_stack(tmp_path, stack):
    path = tmp_path / "pages.tif"
    with tifffile.TiffWriter(path) as writer:
        for picture in stack[0, :, 0]:
            writer.write(picture, metadata=None, contiguous=False)
    np.testing.assert_array_equal(read_tiff(path, page=1).data, stack[0, 1, 0])
    with pytest.raises(ImageFileError, match="page=0 to page=2"):
        read_tiff(path, page=3)


def test_a_stack_inside_one_page_is_a_stack(tmp_path, stack):
    path = tmp_path / "volume.tif"
    options = {"volumetric": True, "tile": (16, 16, 16), "photometric": "minisblack"}
    tifffile.imwrite(path, stack[0, :, 0], **options)
    np.testing.assert_array_equal(read_tiff(path, page=1).data, stack[0, 1, 0])


def test_pixels_after_the_only_page_are_a_stack(tmp_path, stack):
    """ImageJ writes large stacks so, with no table of their pages."""
    path = tmp_path / "large.tif"
    options = {"imagej": True, "truncate": True, "metadata": {"axes": "ZYX"}}
    tifffile.imwrite(path, stack[0, :, 0], **options)
    with tifffile.TiffFile(path) as tif:
        assert len(tif.pages) == 1
    for page in range(3):
        image = read_tiff(path, page=page)
        np.testing.assert_array_equal(image.data, stack[0, page, 0])
        assert image.dtype.isnative


def test_an_ome_set_of_files_is_one_stack(tmp_path, stack):
    first, second = tmp_path / "set_z0.ome.tif", tmp_path / "set_z1.ome.tif"
    xml = f"""<?xml version="1.0"?><OME UUID="urn:uuid:0"><Image ID="Image:0">
        <Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="13"
        SizeY="11" SizeZ="2" SizeC="1" SizeT="1"><Channel ID="Channel:0:0"/>
        <TiffData FirstZ="0" IFD="0" PlaneCount="1"><UUID
        FileName="{first.name}">urn:uuid:0</UUID></TiffData>
        <TiffData FirstZ="1" IFD="0" PlaneCount="1"><UUID
        FileName="{second.name}">urn:uuid:1</UUID></TiffData>
        </Pixels></Image></OME>"""
    tifffile.imwrite(first, stack[0, 0, 0], description=xml, metadata=None)
    tifffile.imwrite(second, stack[0, 1, 0], metadata=None)
    np.testing.assert_array_equal(read_tiff(first, page=0).data, stack[0, 0, 0])
    np.testing.assert_array_equal(read_tiff(first, page=1).data, stack[0, 1, 0])

    second.unlink()
    with pytest.raises(ImageFileError, match=r"set_z0\.ome\.tif, page 1.*lacks it"):
        read_tiff(first, page=1)


def test_one_of_several_images_has_to_be_chosen(tmp_path, grey, colour):
    path = tmp_path / "slide.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(grey)
        writer.write(colour, photometric="rgb")
    with pytest.raises(ImageFileError, match=r"2 images.*series=0.*series=1"):
        read_tiff(path)
    with pytest.raises(ImageFileError, match="series=2 does not exist"):
        read_tiff(path, series=2)
    assert read_tiff(path, series=0).n_channels is None
    assert read_tiff(path, series=1).n_channels == 3


def test_a_pyramid_is_read_at_full_resolution(tmp_path, grey):
    path = tmp_path / "pyramid.ome.tif"
    with tifffile.TiffWriter(path, ome=True) as writer:
        writer.write(grey, subifds=1)
        writer.write(grey[::2, ::2], subfiletype=1)
    np.testing.assert_array_equal(read_tiff(path).data, grey)


def test_the_name_is_that_of_the_file_unless_given(tmp_path, grey):
    path = tmp_path / "mouse1.2_z159.ome.tif"
    tifffile.imwrite(path, grey)
    assert read_tiff(path).name == "mouse1.2_z159"
    image = read_tiff(str(path), name="z159", specimen="mouse 1", pixel_size_um=2)
    assert (image.name, image.specimen, image.pixel_size_um) == ("z159", "mouse 1", 2.0)
    assert isinstance(image, SliceImage)


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no image file .*z999\.tif"):
        read_tiff(tmp_path / "z999.tif")


@pytest.mark.parametrize("content", [b"", b"II*\x00", b"\x89PNG\r\n\x1a\n", b"a" * 999])
def test_a_file_that_is_no_tiff_is_named(tmp_path, content):
    (tmp_path / "slice.tif").write_bytes(content)
    with pytest.raises(ImageFileError, match=r"slice\.tif cannot be read as a slice"):
        read_tiff(tmp_path / "slice.tif")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ImageFileError, match="cannot be read as a slice"):
        read_tiff(tmp_path)


def test_complex_pixels_are_no_slice(tmp_path, grey):
    tifffile.imwrite(tmp_path / "slice.tif", grey.astype(np.complex64))
    with pytest.raises(ImageFileError, match="complex64"):
        read_tiff(tmp_path / "slice.tif")


def test_the_declared_size_is_bounded(tmp_path, grey):
    tifffile.imwrite(tmp_path / "slice.tif", grey, compression="zlib")
    assert read_tiff(tmp_path / "slice.tif", max_bytes=grey.nbytes).data.size
    with pytest.raises(ImageFileError, match=r"6300 bytes.*max_bytes=6299"):
        read_tiff(tmp_path / "slice.tif", max_bytes=grey.nbytes - 1)


@pytest.mark.parametrize("argument", ["page", "series"])
@pytest.mark.parametrize("value", [True, "0", 1.0])
def test_an_index_is_an_integer(tmp_path, argument, value):
    with pytest.raises(TypeError, match=f"{argument}="):
        read_tiff(tmp_path / "slice.tif", **{argument: value})


def test_planes_announced_without_end_are_refused(tmp_path, grey):
    """A reader would list a thousand million planes before it looks for them."""
    xml = """<?xml version="1.0"?><OME><Image ID="Image:0"><Pixels ID="Pixels:0"
        DimensionOrder="XYZCT" Type="uint8" SizeX="90" SizeY="70" SizeC="1" SizeT="1"
        SizeZ="1000000000"><TiffData/></Pixels></Image></OME>"""
    tifffile.imwrite(tmp_path / "bomb.tif", grey, description=xml, metadata=None)
    with pytest.raises(ImageFileError, match=r"bomb\.tif.*announces 1e\+09 planes"):
        read_tiff(tmp_path / "bomb.tif", page=0)
