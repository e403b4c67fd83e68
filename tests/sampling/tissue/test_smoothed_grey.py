"""Tests of sklearn_microarch.sampling.tissue._smoothed_grey."""

import numpy as np
import pytest
from scipy import ndimage

from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling.tissue import _smoothed_grey
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey


def whole(image):
    """Return a slice blurred, put together from its blocks."""
    laid = np.full(image.shape, np.nan, np.float32)
    for (rows, cols), _, blurred in SmoothedGrey(image).blocks():
        laid[rows, cols] = blurred
    return laid


def test_the_blur_is_seven_micrometres_or_six_pixels(rng):
    data = rng.uniform(size=(40, 50)).astype(np.float32)
    for size, sigma in ((3.5, 2.0), (None, 6.0)):
        expected = ndimage.gaussian_filter(data, sigma, mode="nearest")
        found = whole(SliceImage(data, pixel_size_um=size))
        np.testing.assert_array_equal(found, expected)


def test_channels_are_averaged(rng):
    data = rng.uniform(size=(3, 40, 50)).astype(np.float32)
    mean = SliceImage(data.mean(axis=0))
    np.testing.assert_allclose(whole(SliceImage(data)), whole(mean), rtol=1e-6)


@pytest.mark.parametrize("kept", [True, False])
def test_blocks_are_those_of_the_whole_blurred_at_once(rng, monkeypatch, kept):
    monkeypatch.setattr(_smoothed_grey, "BLOCK_EDGE", 17)
    monkeypatch.setattr(_smoothed_grey, "MOST_KEPT", 10**6 if kept else 0)
    image = SliceImage(rng.integers(0, 255, (70, 45)).astype(np.uint8), 2.0)
    expected = ndimage.gaussian_filter(
        image.data.astype(np.float32), 3.5, mode="nearest"
    )
    grey = SmoothedGrey(image)
    for _ in range(2):
        n_pixels = 0
        for (rows, cols), raw, blurred in grey.blocks():
            np.testing.assert_array_equal(raw, image.data[rows, cols])
            np.testing.assert_array_equal(blurred, expected[rows, cols])
            n_pixels += blurred.size
        assert n_pixels == image.data.size


def test_a_lazy_slice_is_read_in_parts(rng, monkeypatch):
    zarr = pytest.importorskip("zarr")
    monkeypatch.setattr(_smoothed_grey, "BLOCK_EDGE", 32)
    stored = zarr.create_array({}, shape=(96, 96), chunks=(32, 32), dtype="u1")
    stored[:] = rng.integers(0, 255, (96, 96))
    image = SliceImage(stored, 7.0)
    np.testing.assert_array_equal(whole(image), whole(SliceImage(stored[:], 7.0)))
    assert not hasattr(image, "_loaded")
