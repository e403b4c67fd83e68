"""Tests of sklearn_microarch.images.tiff._segments."""

import tracemalloc

import imagecodecs
import numpy as np
import pytest
import tifffile

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import read_tiff


def change_tag(path, name, value):
    """Overwrite one tag of the first page, as damage or malice would."""
    with tifffile.TiffFile(path, mode="r+b") as tif:
        tif.pages[0].tags[name].overwrite(value)


@pytest.mark.parametrize("compression", ["zlib", "lzw", "lzma", "zstd", "packbits"])
@pytest.mark.parametrize(
    "tag, value", [("ImageLength", 20), ("ImageWidth", 60), ("ImageWidth", 91)]
)
def test_a_strip_of_another_size_than_declared_is_an_error(
    tmp_path, grey, compression, tag, value
):
    path = tmp_path / "slice.tif"
    tifffile.imwrite(path, grey, compression=compression, metadata=None)
    change_tag(path, tag, value)
    with pytest.raises(ImageFileError, match=r"slice\.tif, page 0"):
        read_tiff(path)


@pytest.mark.parametrize("tag, value", [("ImageLength", 20), ("ImageWidth", 60)])
def test_uncompressed_strips_must_have_the_bytes_of_their_pixels(
    tmp_path, grey, tag, value
):
    path = tmp_path / "slice.tif"
    tifffile.imwrite(path, grey, rowsperstrip=10, metadata=None)
    change_tag(path, tag, value)
    with pytest.raises(ImageFileError, match=r"page 0: .* the file is damaged"):
        read_tiff(path)


def test_a_last_strip_that_is_filled_up_is_read(tmp_path, grey):
    """Some programs write all rows of the last strip, though few are of the image."""
    padded = np.vstack([grey, np.zeros((10, 90), np.uint8)])
    path = tmp_path / "slice.tif"
    tifffile.imwrite(path, padded, rowsperstrip=40, metadata=None)
    change_tag(path, "ImageLength", 70)
    np.testing.assert_array_equal(read_tiff(path).data, grey)


@pytest.mark.parametrize("codec", ["zlib", "lzma", "zstd"])
def test_a_bomb_is_refused_before_it_is_inflated(tmp_path, codec):
    encode = getattr(imagecodecs, f"{codec}_encode")
    bomb = encode(bytes(50_000_000), level=1)
    path = tmp_path / "bomb.tif"
    options = {"shape": (40, 50), "dtype": np.uint8, "compression": codec}
    tifffile.imwrite(path, iter([bomb]), rowsperstrip=40, **options)
    tracemalloc.start()
    try:
        with pytest.raises(ImageFileError, match=r"bomb\.tif, page 0"):
            read_tiff(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("codec", ["jpeg", "png", "jpeg2k", "jpegxl", "jpegxr"])
def test_a_coded_image_larger_than_its_tile_is_refused(tmp_path, codec):
    coded = getattr(imagecodecs, f"{codec}_encode")(np.zeros((900, 900), np.uint8))
    path = tmp_path / "bomb.tif"
    name = {"jpeg2k": "jpeg2000"}.get(codec, codec)
    options = {"shape": (32, 32), "dtype": np.uint8, "compression": name}
    tifffile.imwrite(path, iter([coded]), tile=(32, 32), **options)
    with pytest.raises(ImageFileError, match=r"page 0: tile 0, declared as 32 x 32"):
        read_tiff(path)


@pytest.mark.parametrize("options", [{"tile": (32, 32)}, {"rowsperstrip": 16}])
@pytest.mark.parametrize("what", ["Offsets", "ByteCounts"])
def test_what_was_never_written_is_unknown_and_not_zero(tmp_path, grey, options, what):
    path = tmp_path / "sparse.tif"
    tifffile.imwrite(path, grey, compression="zlib", **options)
    kind = "Tile" if "tile" in options else "Strip"
    with tifffile.TiffFile(path) as tif:
        values = list(tif.pages[0].tags[f"{kind}{what}"].value)
    change_tag(path, f"{kind}{what}", [*values[:2], 0, *values[3:]])
    with pytest.raises(ImageFileError, match=rf"never written.*{kind.lower()} 2"):
        read_tiff(path)


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"imagej": True}])
def test_a_truncated_file_says_so(tmp_path, grey, options):
    path = tmp_path / "slice.tif"
    tifffile.imwrite(path, grey, **options)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(ImageFileError, match=r"slice\.tif"):
        read_tiff(path)


def test_the_page_that_is_damaged_is_named(tmp_path, grey):
    path = tmp_path / "stack.tif"
    stack = np.stack([grey, grey + 1, grey + 2])
    options = {"compression": "zlib", "photometric": "minisblack"}
    tifffile.imwrite(path, stack, **options)
    with tifffile.TiffFile(path) as tif:
        start = tif.pages[1].dataoffsets[0] + 100
    content = bytearray(path.read_bytes())
    content[start : start + 4] = b"\x00\xff\x00\xff"
    path.write_bytes(content)

    np.testing.assert_array_equal(read_tiff(path, page=2).data, grey + 2)
    with pytest.raises(ImageFileError, match=r"stack\.tif, page 1 cannot be read"):
        read_tiff(path, page=1)


def test_a_plane_that_ome_announces_and_the_file_lacks_is_an_error(tmp_path, grey):
    path = tmp_path / "stack.ome.tif"
    stack = np.stack([grey, grey + 1])
    tifffile.imwrite(path, stack, ome=True, metadata={"axes": "ZYX"})
    path.write_bytes(path.read_bytes().replace(b'SizeZ="2"', b'SizeZ="3"'))
    np.testing.assert_array_equal(read_tiff(path, page=1).data, grey + 1)
    with pytest.raises(ImageFileError, match=r"page 2 cannot be read.*lacks it"):
        read_tiff(path, page=2)


def test_a_compression_without_a_bound_is_refused(tmp_path, grey):
    path = tmp_path / "slice.tif"
    tifffile.imwrite(path, grey, compression="lerc")
    with pytest.raises(ImageFileError, match=r"LERC.*deflate"):
        read_tiff(path)
