"""Tests of sklearn_microarch.images.pictures: PNG and JPEG."""

import contextlib
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from sklearn_microarch import read_image
from sklearn_microarch.exceptions import ImageFileError


@pytest.fixture
def colour(rng):
    return rng.integers(0, 256, size=(70, 90, 3), dtype=np.uint8)


def saved(tmp_path, values, mode=None, name="a.png", **options):
    picture = values if isinstance(values, Image.Image) else Image.fromarray(values)
    if mode is not None:
        picture = picture.convert(mode)
    picture.save(tmp_path / name, **options)
    return tmp_path / name


def test_colours_are_three_channels(tmp_path, colour):
    image = read_image(saved(tmp_path, colour))
    np.testing.assert_array_equal(image.pixels, np.moveaxis(colour, -1, 0))
    green = read_image(tmp_path / "a.png", channels="green")
    np.testing.assert_array_equal(green.pixels, colour[..., 1])


def test_alpha_is_left_out_and_said(tmp_path, colour, grey):
    clear = np.full((70, 90, 1), 255, np.uint8)
    clear[:7] = 0
    image = read_image(saved(tmp_path, np.concatenate([colour, clear], -1)))
    np.testing.assert_array_equal(image.pixels, np.moveaxis(colour, -1, 0))
    assert any("10% of the pixels are see-through" in note for note in image.notes)
    with_alpha = np.concatenate([grey[..., None], clear], -1)
    np.testing.assert_array_equal(read_image(saved(tmp_path, with_alpha)).pixels, grey)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_equal_colours_are_one_grey_channel(tmp_path, name):
    values = np.add.outer(np.arange(70), np.arange(90)).astype(np.uint8)
    path = saved(tmp_path, np.stack([values] * 3, -1), name=name, quality=95)
    image = read_image(path)
    assert image.n_channels is None
    assert np.abs(image.pixels.astype(int) - values).max() <= 4
    assert any("one grey channel" in note for note in image.notes)


def test_sixteen_bits_are_kept(tmp_path, rng):
    import imagecodecs

    values = rng.integers(0, 65536, (40, 50), dtype=np.uint16)
    np.testing.assert_array_equal(read_image(saved(tmp_path, values)).pixels, values)
    for n_samples in (2, 3, 4):
        stack = rng.integers(0, 65536, (40, 50, n_samples), dtype=np.uint16)
        (tmp_path / "b.png").write_bytes(imagecodecs.png_encode(stack))
        kept = stack[..., : 1 if n_samples == 2 else 3]
        expected = kept[..., 0] if n_samples == 2 else np.moveaxis(kept, -1, 0)
        np.testing.assert_array_equal(read_image(tmp_path / "b.png").pixels, expected)


def test_a_palette_gives_its_colours(tmp_path, colour):
    picture = Image.fromarray(colour).quantize(16)
    path = saved(tmp_path, picture)
    expected = np.moveaxis(np.asarray(picture.convert("RGB")), -1, 0)
    np.testing.assert_array_equal(read_image(path).pixels, expected)


def test_black_and_white_is_read(tmp_path, grey):
    path = saved(tmp_path, grey > 100, "1")
    np.testing.assert_array_equal(read_image(path).pixels, grey > 100)


def test_a_jpeg_is_turned_as_its_orientation_says(tmp_path):
    values = np.add.outer(np.arange(40), 2 * np.arange(50)).astype(np.uint8)
    exif = Image.Exif()
    exif[274] = 6
    path = saved(tmp_path, values, name="a.jpg", quality=98, exif=exif)
    image = read_image(path)
    assert image.shape == (50, 40)
    assert np.abs(image.pixels.astype(int) - np.rot90(values, -1)).max() <= 4
    assert any("orientation tag 6" in note for note in image.notes)


@pytest.mark.parametrize("dpi, um", [(72, None), (96, None), (1200, None), (25400, 1)])
def test_dots_per_inch_of_a_screen_are_no_pixel_size(tmp_path, grey, dpi, um):
    found = read_image(saved(tmp_path, grey, dpi=(dpi, dpi))).pixel_size_um
    assert found == (um if um is None else pytest.approx(um, rel=1e-3))


def test_other_colours_are_refused(tmp_path, colour):
    path = saved(tmp_path, colour, "CMYK", name="a.jpg")
    with pytest.raises(ImageFileError, match="colours are CMYK; save it as RGB"):
        read_image(path)


def test_a_picture_that_claims_more_than_it_can_hold_is_refused(tmp_path):
    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99)))
    content = b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")
    (tmp_path / "bomb.png").write_bytes(content)
    with pytest.raises(ImageFileError, match=r"bomb\.png.*60000 x 60000 pixels"):
        read_image(tmp_path / "bomb.png")


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_damage_is_a_typed_error_or_a_picture(tmp_path, colour, rng, name):
    whole = saved(tmp_path, colour, name=name).read_bytes()
    for number in range(40):
        content = bytearray(whole)
        if number % 2:
            content = content[: rng.integers(4, len(content))]
        for at in rng.integers(8, len(content), 3) if len(content) > 8 else ():
            content[at] ^= 1 << rng.integers(8)
        (tmp_path / name).write_bytes(content)
        with contextlib.suppress(ImageFileError):
            read_image(tmp_path / name)


def test_without_pillow_the_error_says_how_to_get_it(tmp_path, grey, monkeypatch):
    path = saved(tmp_path, grey)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=r"pip install 'sklearn-microarch\[annot"):
        read_image(path)
