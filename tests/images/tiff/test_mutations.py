"""Damaged TIFF files give a typed error or the exact pixels, and nothing else."""

import numpy as np
import pytest
import tifffile

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import SliceImage, read_tiff

CHECKSUMMED = {
    "strips": {"compression": "zlib", "rowsperstrip": 16},
    "tiles": {"compression": "zlib", "tile": (32, 32)},
    "big endian": {"compression": "zlib", "byteorder": ">", "bigtiff": True},
    "lzma": {"compression": "lzma"},
    "png": {"compression": "png", "tile": (32, 32)},
}
OTHERS = {
    "plain": {},
    "lzw": {"compression": "lzw"},
    "zstd": {"compression": "zstd"},
    "jpeg": {"compression": "jpeg"},
    "imagej": {"imagej": True},
    "ome": {"ome": True, "metadata": {"axes": "YX", "PhysicalSizeX": 1.17}},
}


@pytest.fixture
def damaged(tmp_path, grey):
    """Return a function that writes a file, damages it and reads it."""

    def read(options, damage):
        path = tmp_path / "slice.tif"
        path.unlink(missing_ok=True)
        tifffile.imwrite(path, grey, **options)
        whole = read_tiff(path).data
        with tifffile.TiffFile(path) as tif:
            start = min(tif.pages[0].dataoffsets)
        path.write_bytes(damage(bytearray(path.read_bytes()), start))
        try:
            return read_tiff(path), whole
        except ImageFileError:
            return None, whole

    return read


@pytest.mark.parametrize("options", CHECKSUMMED.values(), ids=CHECKSUMMED)
def test_a_flipped_bit_of_checksummed_pixels_is_noticed(damaged, rng, options):
    def flip(content, start):
        content[rng.integers(start, len(content))] ^= 1 << int(rng.integers(8))
        return content

    for _ in range(20):
        image, whole = damaged(options, flip)
        assert image is None or np.array_equal(image.data, whole)


@pytest.mark.parametrize(
    "options", [*CHECKSUMMED.values(), *OTHERS.values()], ids=[*CHECKSUMMED, *OTHERS]
)
def test_a_cut_file_is_noticed(damaged, rng, options):
    for _ in range(10):
        image, whole = damaged(options, lambda c, _: c[: rng.integers(len(c))])
        assert image is None or np.array_equal(image.data, whole)


@pytest.mark.parametrize(
    "options", [*CHECKSUMMED.values(), *OTHERS.values()], ids=[*CHECKSUMMED, *OTHERS]
)
def test_a_changed_header_never_fails_in_another_way(damaged, rng, options):
    """Some headers are still valid: then the result is an image of what they say."""

    def change(content, start):
        for _ in range(rng.integers(1, 4)):
            content[rng.integers(min(start, 400))] = rng.integers(256)
        return content

    for _ in range(15):
        image, _ = damaged(options, change)
        assert image is None or isinstance(image, SliceImage)
