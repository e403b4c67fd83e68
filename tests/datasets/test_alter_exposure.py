"""Tests of sklearn_microarch.datasets.alter_exposure."""

import numpy as np
import pytest
from scipy import ndimage

from sklearn_microarch import SliceImage
from sklearn_microarch.datasets import alter_exposure
from sklearn_microarch.datasets.phantom._imaging import shading_gain


@pytest.fixture
def image(rng):
    return SliceImage(
        rng.integers(30, 200, (70, 90)).astype(np.uint8),
        pixel_size_um=1.17,
        name="z159",
        specimen="m1",
        group="control",
        side="left",
        z_um=12.0,
        details={"sex": "f"},
        notes=("Read from a file.",),
    )


def altered(image, **changes):
    changes = {"dtype": "float32", "random_state": 0} | changes
    return alter_exposure(image, **changes).data


@pytest.mark.parametrize("gain, offset", [(0.8, 0), (1, 25), (1.2, -25.5)])
def test_gain_and_offset_in_real_numbers_are_exact(image, gain, offset):
    found = altered(image, gain=gain, offset=offset)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, image.data.astype(np.float32) * gain + offset)


@pytest.mark.parametrize(
    "dtype", ["uint8", "uint16", "int16", "int32", "float32", "float64"]
)
@pytest.mark.parametrize("n_channels", [None, 3])
def test_nothing_asked_for_changes_nothing(rng, dtype, n_channels):
    shape = (40, 50) if n_channels is None else (n_channels, 40, 50)
    pixels = rng.integers(0, 100, shape).astype(dtype)
    same = alter_exposure(SliceImage(pixels))
    assert same.dtype == pixels.dtype
    np.testing.assert_array_equal(same.data, pixels)
    assert same.notes == ("Imaged anew: nothing altered.",)


def test_all_that_was_known_of_the_slice_is_kept(image):
    found = alter_exposure(image, gain=1.1)
    assert repr(found) == repr(image)
    for name in ("specimen", "group", "side", "z_um", "details", "crop"):
        assert getattr(found, name) == getattr(image, name)
    assert found.notes[0] == image.notes[0]
    assert found.notes[1] == "Imaged anew: gain 1.1."


def test_integers_are_rounded_clipped_and_the_clipped_share_is_told(image):
    found = alter_exposure(image, gain=1.5)
    expected = np.rint(image.data * np.float32(1.5))
    np.testing.assert_array_equal(found.data, np.clip(expected, 0, 255))
    share = 100 * (expected > 255).mean()
    assert 5 < share < 30
    assert found.notes[-1] == (
        f"{share:.3g} % of pixels clipped to 0 or 255, beside 0 % that were so before."
    )


def test_pixels_that_were_black_before_are_told_apart_from_those_that_are_lost():
    pixels = np.repeat(np.array([[0, 10, 100, 255]], dtype=np.uint8), 5, axis=0)
    found = alter_exposure(SliceImage(pixels), offset=-20)
    np.testing.assert_array_equal(found.data[0], [0, 0, 80, 235])
    assert found.notes[-1] == (
        "25 % of pixels clipped to 0 or 255, beside 25 % that were so before."
    )


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "uint64"])
def test_every_range_of_integers_is_kept_to(dtype):
    limits = np.iinfo(dtype)
    pixels = np.array([[limits.min, 0, 1, limits.max]] * 3, dtype=dtype)
    high, low = (
        alter_exposure(SliceImage(pixels), gain=gain, offset=offset).data
        for gain, offset in ((4.0, 0.0), (1.0, -1e9))
    )
    assert high[0, -1] > 0.999 * float(limits.max)
    assert high[0, 2] == 4
    assert low[0, 0] == limits.min
    assert (low <= pixels).all()


def test_gamma_bends_between_black_and_white():
    pixels = np.array([[0, 51, 128, 255]] * 4, dtype=np.uint8)
    found = altered(SliceImage(pixels), gamma=2.0)
    np.testing.assert_allclose(found[0], 255 * (pixels[0] / 255) ** 2, rtol=1e-5)
    # White of real numbers is their largest value; the sign stays.
    pixels = np.array([[-1.0, 0.0, 1.0, 2.0]] * 4)
    found = alter_exposure(SliceImage(pixels), gamma=2.0)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found.data[0], [-0.5, 0.0, 0.5, 2.0])


def test_blur_is_gaussian_within_each_channel(rng):
    pixels = rng.integers(0, 256, (3, 40, 50)).astype(np.uint8)
    found = altered(SliceImage(pixels), blur_px=1.5)
    for channel, plane in zip(found, pixels, strict=True):
        expected = ndimage.gaussian_filter(plane.astype(np.float32), 1.5)
        np.testing.assert_allclose(channel, expected, atol=1e-3)


def test_shading_ramp_and_streaks_change_rows_and_columns_as_stated(image):
    plain = image.replace(data=np.full((70, 90), 100, np.uint8))
    shaded = altered(plain, shading=0.3)
    np.testing.assert_allclose(shaded, 100 * shading_gain(70, 0.3) + 0 * shaded)
    ramp = altered(plain, ramp=0.2)
    np.testing.assert_allclose(ramp[3], np.linspace(80, 120, 90), rtol=1e-5)
    weak, strong = (altered(plain, streaks=streaks) - 100 for streaks in (1, 3))
    np.testing.assert_allclose(strong, 3 * weak, atol=1e-4)
    assert weak.std() > 0.3
    # As strong in a picture of 16 bits, for its range.
    deep = plain.replace(data=np.full((70, 90), 25_700, np.uint16))
    np.testing.assert_allclose(altered(deep, streaks=1) - 25_700, 257 * weak, atol=0.05)


def test_noise_has_the_stated_deviation_and_follows_its_seed(image):
    plain = image.replace(data=np.full((300, 310), 100, np.uint8))
    first, again, other = (
        altered(plain, noise=8, random_state=seed) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.02
    assert first.std() == pytest.approx(8, rel=0.02)
    assert first.mean() == pytest.approx(100, abs=0.15)
    generator = altered(plain, noise=8, random_state=np.random.default_rng(3))
    assert generator.std() == pytest.approx(8, rel=0.02)


def test_a_few_grey_levels_are_left_at_equal_distances(image):
    found = alter_exposure(image, n_grey_levels=6)
    assert set(np.unique(found.data)) <= {0, 51, 102, 153, 204, 255}
    assert np.abs(found.data.astype(int) - image.data).max() <= 26


def test_effects_come_in_the_documented_order(image):
    together = altered(
        image,
        blur_px=1,
        gamma=1.3,
        shading=0.2,
        streaks=2,
        gain=0.7,
        offset=9,
        noise=4,
        random_state=5,
    )
    step = image
    for change in (
        {"blur_px": 1},
        {"gamma": 1.3},
        {"shading": 0.2},
        {"streaks": 2},
        {"gain": 0.7, "offset": 9},
        {"noise": 4},
    ):
        if "gamma" in change:
            # White is that of the image that was given.
            values = 255 * (step.data / np.float32(255)) ** 1.3
            step = step.replace(data=values)
        elif "streaks" in change:
            flat = image.replace(data=np.zeros((70, 90), np.uint8))
            rings = altered(flat, streaks=2, random_state=5)
            step = step.replace(data=step.data + rings)
        else:
            step = step.replace(data=altered(step, **change, random_state=5))
    np.testing.assert_allclose(together, step.data, rtol=1e-4, atol=1e-3)


def test_plain_arrays_are_taken_and_truth_values_refused(image):
    found = alter_exposure(image.data, gain=0.5)
    assert isinstance(found, SliceImage)
    with pytest.raises(TypeError, match="image is of bool"):
        alter_exposure(image.data > 100)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"gain": 0}, ValueError, "gain=0 must lie between 0.001 and 1000"),
        ({"offset": "x"}, TypeError, "offset='x' must be a number"),
        ({"gamma": float("nan")}, ValueError, "gamma=nan must lie"),
        ({"shading": -0.1}, ValueError, "shading=-0.1 must lie between 0 and 1"),
        ({"ramp": 1}, ValueError, "ramp=1 must lie between -0.95 and 0.95"),
        ({"blur_px": -1}, ValueError, "blur_px=-1 must lie between 0 and 100"),
        ({"n_grey_levels": 1}, ValueError, "n_grey_levels=1 must be at least 2"),
        ({"dtype": "uint8"}, ValueError, "dtype='uint8' must be 'float32' or None"),
        ({"random_state": -1}, ValueError, "random_state=-1 must be at least 0"),
    ],
)
def test_bad_arguments_are_named_with_their_limits(image, arguments, error, message):
    with pytest.raises(error, match=message):
        alter_exposure(image, **arguments)
