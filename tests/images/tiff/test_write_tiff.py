"""Tests of sklearn_microarch.images.tiff._write_tiff."""

import errno

import numpy as np
import pytest
import tifffile

from sklearn_microarch.images import SliceImage, read_tiff, write_tiff
from sklearn_microarch.images.tiff._ome_xml import ome_pixels

COMPRESSIONS = ["zlib", "lzw", "zstd", "lzma", "packbits", None]


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize(
    "dtype", ["uint8", "uint16", "int16", "int32", "float32", "float64"]
)
@pytest.mark.parametrize("shape", [(40, 61), (3, 40, 61), (20, 40, 5)])
def test_values_type_and_pixel_size_come_back(tmp_path, rng, compression, dtype, shape):
    image = SliceImage(rng.uniform(0, 200, shape).astype(dtype), 1.17, name="z159")
    path = write_tiff(tmp_path / "z159.tif", image, compression=compression)
    found = read_tiff(path)
    np.testing.assert_array_equal(found.data, image.data)
    assert found.dtype == image.dtype
    assert found.pixel_size_um == pytest.approx(1.17, rel=1e-6)


@pytest.mark.parametrize("pixel_size_um", [1.17, 1e-3, 1 / 3, 74.88, 5000])
def test_any_pixel_size_comes_back_also_for_programs_without_ome(
    tmp_path, grey, pixel_size_um
):
    path = write_tiff(tmp_path / "z159.tif", grey, pixel_size_um=pixel_size_um)
    assert read_tiff(path).pixel_size_um == pixel_size_um
    with tifffile.TiffFile(path) as tif:
        tags = tif.pages[0].tags
        numerator, denominator = tags["XResolution"].value
        assert tags["ResolutionUnit"].value == 3
    assert 1e4 * denominator / numerator == pytest.approx(pixel_size_um, rel=1e-6)


def test_an_unknown_pixel_size_stays_unknown(tmp_path, grey):
    path = write_tiff(tmp_path / "z159.tif", grey)
    assert read_tiff(path).pixel_size_um is None


def test_the_argument_wins_over_the_size_of_the_image(tmp_path, grey):
    image = SliceImage(grey, 1.17)
    path = write_tiff(tmp_path / "map.tif", image, pixel_size_um=9.36)
    assert read_tiff(path).pixel_size_um == 9.36


def test_channels_keep_their_names(tmp_path):
    names = ["factor07_VP", 'é <&"> 2']
    maps = np.zeros((2, 11, 13), dtype="float32")
    path = write_tiff(tmp_path / "maps.tif", maps, channel_names=names)
    with tifffile.TiffFile(path) as tif:
        channels = tifffile.xml2dict(tif.ome_metadata)["OME"]["Image"]["Pixels"]
        assert ome_pixels(tif.ome_metadata)[0]["SizeC"] == "2"
    assert [channel["Name"] for channel in channels["Channel"]] == names


def test_missing_values_of_a_map_stay_missing(tmp_path):
    values = np.array([[0.5, np.nan], [np.inf, -0.0]], dtype="float32")
    path = write_tiff(tmp_path / "map.tif", values)
    np.testing.assert_array_equal(read_tiff(path).data, values)


@pytest.mark.parametrize(
    "dtype, stored",
    [
        ("bool", "uint8"),
        ("float16", "float32"),
        ("int64", "int32"),
        ("uint64", "uint32"),
    ],
)
def test_types_that_ome_lacks_are_stored_without_loss(tmp_path, grey, dtype, stored):
    values = grey.astype(dtype)
    found = read_tiff(write_tiff(tmp_path / "map.tif", values)).data
    assert found.dtype == stored
    np.testing.assert_array_equal(found, values)


def test_integers_that_do_not_fit_are_refused(tmp_path):
    values = np.array([[-1, 2**40]])
    with pytest.raises(ValueError, match="int64 values from -1 to 1099511627776"):
        write_tiff(tmp_path / "map.tif", values)
    assert not list(tmp_path.iterdir())


def test_equal_images_give_equal_bytes(tmp_path, grey):
    first, second = (
        write_tiff(tmp_path / name, grey, pixel_size_um=1.17).read_bytes()
        for name in ("a.tif", "b.tif")
    )
    other = write_tiff(tmp_path / "c.tif", grey[::-1], pixel_size_um=1.17).read_bytes()
    assert first == second != other


def test_a_file_is_replaced_only_when_told(tmp_path, grey):
    path = write_tiff(tmp_path / "z159.tif", grey)
    with pytest.raises(FileExistsError, match=r"z159\.tif exists.*overwrite=True"):
        write_tiff(path, grey + 1)
    np.testing.assert_array_equal(read_tiff(path).data, grey)
    write_tiff(path, grey + 1, overwrite=True)
    np.testing.assert_array_equal(read_tiff(path).data, grey + 1)


def test_a_failed_write_leaves_the_earlier_file(tmp_path, grey, monkeypatch):
    path = write_tiff(tmp_path / "z159.tif", grey)

    def fail(file, *args, **options):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tifffile, "imwrite", fail)
    with pytest.raises(OSError, match=r"No space left.*untouched.*z159\.tif"):
        write_tiff(path, grey + 1, overwrite=True)
    np.testing.assert_array_equal(read_tiff(path).data, grey)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"channel_names": ["a", "b"]}, ValueError, "2 names.*has 3 channels"),
        ({"channel_names": "abc"}, TypeError, "channel_names='abc'"),
        ({"channel_names": [1, 2, 3]}, TypeError, "sequence of strings"),
        ({"compression": "jpeg"}, ValueError, "compression='jpeg' must be one of"),
        ({"pixel_size_um": -1}, ValueError, "pixel_size_um=-1"),
    ],
)
def test_bad_arguments_are_named_and_nothing_is_written(
    tmp_path, options, error, message
):
    with pytest.raises(error, match=message):
        write_tiff(tmp_path / "maps.tif", np.zeros((3, 4, 5)), **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "image, error",
    [(np.zeros(4), ValueError), (np.zeros((4, 5), np.longdouble), TypeError)],
)
def test_what_tiff_cannot_hold_is_refused(tmp_path, image, error):
    with pytest.raises(error):
        write_tiff(tmp_path / "map.tif", image)
