"""Tests of sklearn_microarch.sampling._resample."""

import pickle

import numpy as np
import pytest

from sklearn_microarch.exceptions import PixelSizeMismatchError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._lazy_array import is_lazy
from sklearn_microarch.sampling._resample import (
    ResampledArray,
    ResampledSlice,
    bring_to_pixel_size,
    on_grid_of,
    place_as_given,
    resampled_shape,
    same_pixel_size,
    scale_of,
    shape_as_given,
)

SCALES = [2.0, 3.0, 1.8, 1.37, 7.3, 0.8, 0.7]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("dtype", ["uint8", "float32", "uint16"])
def test_any_block_is_a_part_of_the_whole(rng, scale, dtype):
    source = rng.integers(0, 250, (2, 61, 83)).astype(dtype)
    made = ResampledArray(source, scale)
    whole = np.asarray(made)
    assert whole.shape == made.shape
    assert whole.dtype == made.dtype == dtype
    for _ in range(20):
        top, left = rng.integers(0, made.shape[1]), rng.integers(0, made.shape[2])
        tall, wide = rng.integers(0, 30, 2)
        part = ..., slice(top, top + tall), slice(left, left + wide)
        np.testing.assert_array_equal(made[part], whole[part])
    np.testing.assert_array_equal(made[1], whole[1])
    np.testing.assert_array_equal(made[..., ::2, 3], whole[..., ::2, 3])


def test_downwards_pixels_are_averaged_by_area(rng):
    source = rng.uniform(size=(12, 18))
    by_three = source.reshape(4, 3, 6, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(ResampledArray(source, 3.0)[..., :, :], by_three)
    # 1.5 pixels: the first is one and a half, the second a half and one.
    row = np.array([[2.0, 6.0, 1.0, 5.0, 5.0, 8.0]])
    weights = [[1, 0.5, 0, 0, 0, 0], [0, 0.5, 1, 0, 0, 0]]
    expected = [row[0] @ weight / 1.5 for weight in weights]
    found = ResampledArray(np.repeat(row, 6, axis=0), 1.5)[..., :1, :2]
    np.testing.assert_allclose(found[0], expected)


def test_upwards_values_lie_on_the_line_between_pixels():
    source = np.repeat([np.arange(20.0)], 20, axis=0)
    found = np.asarray(ResampledArray(source, 0.8))
    places = (np.arange(25) + 0.5) * 0.8 - 0.5
    np.testing.assert_allclose(found[3], places.clip(0, 19))


@pytest.mark.parametrize("scale", SCALES)
def test_the_mean_is_kept(rng, scale):
    source = rng.uniform(0, 200, (211, 307))
    found = np.asarray(ResampledArray(source, scale))
    assert found.mean() == pytest.approx(source.mean(), rel=5e-3)
    rounded = np.asarray(ResampledArray(source.astype(np.uint8), scale))
    expected = np.asarray(ResampledArray(source.astype(np.uint8).astype(float), scale))
    np.testing.assert_array_equal(rounded, np.rint(expected))


def test_booleans_stay_booleans():
    source = np.zeros((4, 4), bool)
    source[:, 1:] = True
    found = np.asarray(ResampledArray(source, 2.0))
    assert found.tolist() == [[True, True]] * 2


@pytest.mark.parametrize("shape", [(1, 1), (7, 9), (101, 33)])
@pytest.mark.parametrize("scale", SCALES)
def test_a_pixel_at_least_half_within_the_source_is_made(shape, scale):
    for length, found in zip(shape, resampled_shape(shape, scale), strict=True):
        assert found == max(1, int(np.floor(length / scale + 0.5)))


def test_sizes_that_agree_and_unknown_ones_change_nothing():
    image = SliceImage(np.zeros((40, 60)), 1.17)
    assert bring_to_pixel_size(image, 1.175) is image
    assert bring_to_pixel_size(image, None) is image
    unknown = image.replace(pixel_size_um=None)
    assert bring_to_pixel_size(unknown, 1.17) is unknown
    assert same_pixel_size(1.0, 1.01)
    assert not same_pixel_size(1.0, 1.02)
    assert same_pixel_size(None, 3.0)


def test_more_than_one_and_a_half_times_upwards_is_refused():
    image = SliceImage(np.zeros((40, 60)), 1.5, name="z1")
    assert bring_to_pixel_size(image, 1.0).shape == (60, 90)
    message = r"'z1' has pixel_size_um=1\.5, but 0\.9 .* 1\.67 times as many"
    with pytest.raises(PixelSizeMismatchError, match=message):
        bring_to_pixel_size(image, 0.9)


def test_a_resampled_slice_remembers_the_one_it_was_made_from():
    image = SliceImage(
        np.arange(2400.0).reshape(40, 60),
        1.0,
        name="z1",
        specimen="m1",
        downsample=4.0,
        crop=(8, 12),
    )
    made = bring_to_pixel_size(image, 2.0)
    assert isinstance(made, ResampledSlice)
    assert (made.shape, made.source_shape, made.scale) == ((20, 30), (40, 60), 2.0)
    assert (made.name, made.specimen, made.crop) == ("z1", "m1", (8, 12))
    assert made.downsample == 8.0
    assert isinstance(made.data, np.ndarray)
    loaded = pickle.loads(pickle.dumps(made.replace(name="other")))
    assert (loaded.source_shape, loaded.scale) == ((40, 60), 2.0)
    assert shape_as_given(made) == (40, 60)
    assert shape_as_given(image) == (40, 60)
    assert (scale_of(made), scale_of(image)) == (2.0, 1.0)
    assert place_as_given(made, 3.0) == 6.5
    assert place_as_given(image, 3.0) == 3.0
    np.testing.assert_array_equal(on_grid_of(made, image.data), image.data[1::2, 1::2])
    assert on_grid_of(image, image.data) is image.data


def test_a_lazy_slice_stays_lazy(rng):
    zarr = pytest.importorskip("zarr")
    stored = zarr.create_array({}, shape=(96, 96), chunks=(32, 32), dtype="u1")
    stored[:] = rng.integers(0, 255, (96, 96))
    made = bring_to_pixel_size(SliceImage(stored, 1.0), 1.7)
    assert is_lazy(made.data)
    whole = bring_to_pixel_size(SliceImage(stored[:], 1.0), 1.7)
    np.testing.assert_array_equal(
        made.read(slice(9, 31), slice(5, 44)), whole.read(slice(9, 31), slice(5, 44))
    )
    np.testing.assert_array_equal(made.pixels, whole.pixels)
