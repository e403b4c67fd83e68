"""Tests of the picture of a slice."""

from base64 import b64decode

import imagecodecs
import numpy as np
import pytest

from sklearn_microarch import SliceImage
from sklearn_microarch.report.slices._backdrop import (
    MOST_PIXELS,
    make_backdrop,
    png_uri,
)


@pytest.mark.parametrize("shape", [(1420, 5805), (3500, 3400), (300, 2600), (90, 70)])
def test_a_picture_is_2000_pixels_across_where_the_slice_is(shape):
    backdrop = make_backdrop(SliceImage(np.broadcast_to(np.uint8(7), shape)))
    across = max(backdrop.picture.shape)
    assert across >= min(max(shape), 2000) - 1
    assert backdrop.picture.size <= max(MOST_PIXELS * 1.01, 2000 * across)
    assert backdrop.scale * backdrop.picture.shape[0] == pytest.approx(
        shape[0], abs=backdrop.scale
    )


def test_grey_levels_are_stated_and_right_to_half_a_step(rng):
    grey = rng.normal(1000, 50, size=(80, 120)).astype(np.float32)
    backdrop = make_backdrop(SliceImage(grey))
    low, high = backdrop.limits
    shown = low + (high - low) * backdrop.picture / 255
    inside = (grey > low) & (grey < high)
    assert inside.mean() > 0.9
    assert np.abs(shown - grey)[inside].max() <= (high - low) / 510 * 1.001


def test_colour_pictures_stay_as_they_are_and_channels_are_averaged(rng):
    channels = rng.integers(0, 255, size=(3, 40, 60))
    colour = make_backdrop(SliceImage(channels.astype(np.uint8)))
    np.testing.assert_array_equal(colour.picture, np.moveaxis(channels, 0, -1))
    assert colour.limits is None
    grey = make_backdrop(SliceImage(channels.astype(np.uint16)))
    assert grey.picture.shape == (40, 60)
    np.testing.assert_array_equal(
        colour.levels(colour.picture.transpose(2, 0, 1)[:, :5]), colour.picture[:5]
    )


def test_pictures_survive_to_the_bit(rng):
    picture = rng.integers(0, 256, size=(9, 14)).astype(np.uint8)
    data = b64decode(png_uri(picture).removeprefix("data:image/png;base64,"))
    np.testing.assert_array_equal(imagecodecs.png_decode(data), picture)


def test_a_slice_of_one_grey_level_is_drawn():
    backdrop = make_backdrop(SliceImage(np.full((8, 9), 3.0)))
    assert np.isfinite(backdrop.picture).all()
