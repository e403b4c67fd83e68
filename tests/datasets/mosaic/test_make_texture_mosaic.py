"""Tests of sklearn_microarch.datasets.make_texture_mosaic."""

from functools import partial

import numpy as np
import pytest
from scipy import ndimage
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch.datasets import make_texture_mosaic
from sklearn_microarch.datasets.mosaic._textures import draw_textures

SMALL = {"shape": (220, 310), "piece_um": 120.0}


@pytest.fixture(scope="module")
def mosaic():
    return make_texture_mosaic(random_state=3, **SMALL)


def deviations(pixels, textures):
    """Return the standard deviation of each texture."""
    return [pixels[textures == code].std() for code in np.unique(textures)]


def test_one_name_covers_the_merged_textures_and_each_other_has_its_own(mosaic):
    rois, textures = mosaic.rois[0], mosaic.textures[0]
    pairs = set(zip(rois.ravel().tolist(), textures.ravel().tolist(), strict=True))
    assert pairs == {(1, 1), (1, 2), (2, 3), (3, 4), (4, 5)}
    assert mosaic.roi_names == {
        1: "texture 1+2",
        2: "texture 3",
        3: "texture 4",
        4: "texture 5",
    }
    assert list(mosaic.texture_names) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "merged, names", [(1, ["texture 1", "texture 2"]), (3, ["texture 1+2+3"])]
)
def test_any_number_of_textures_can_be_merged(merged, names):
    found = make_texture_mosaic(4, merged=merged, random_state=0, **SMALL)
    assert len(found.roi_names) == 4 - merged + 1 == found.rois[0].max()
    assert list(found.roi_names.values())[: len(names)] == names


def test_neither_mean_nor_deviation_of_grey_tells_textures_apart(mosaic):
    pixels, textures = mosaic.images[0].pixels, mosaic.textures[0]
    assert pixels.dtype == np.uint8
    means = [pixels[textures == code].mean() for code in range(1, 6)]
    np.testing.assert_allclose(means, 128, atol=0.3)
    expected = np.hypot(24.0, 2.5)
    np.testing.assert_allclose(deviations(pixels, textures), expected, rtol=0.02)


def test_textures_differ_in_what_neighbouring_pixels_have_in_common():
    found = make_texture_mosaic(noise=0, random_state=1, **SMALL)
    pixels = found.images[0].pixels.astype(float)
    steep = np.hypot(ndimage.sobel(pixels, 0), ndimage.sobel(pixels, 1))
    inner = ndimage.minimum_filter(found.textures[0], 5) == ndimage.maximum_filter(
        found.textures[0], 5
    )
    slopes = [steep[inner & (found.textures[0] == code)].mean() for code in range(1, 6)]
    assert np.diff(np.sort(slopes)).min() > 0.02 * np.mean(slopes)


def test_all_textures_cover_about_as_much_in_pieces_of_the_width_asked_for():
    small, large = (
        make_texture_mosaic(shape=(400, 500), piece_um=piece, random_state=0).textures[
            0
        ]
        for piece in (80.0, 240.0)
    )
    shares = np.bincount(small.ravel())[1:] / small.size
    assert np.abs(shares - 0.2).max() < 0.03

    def border(textures):
        return (np.diff(textures.astype(int), axis=0) != 0).mean()

    assert 2 < border(small) / border(large) < 4.5


@pytest.mark.parametrize("contrast", [8.0, 24.0])
def test_contrast_is_the_deviation_of_grey_levels(contrast):
    found = make_texture_mosaic(contrast=contrast, noise=0, random_state=2, **SMALL)
    spread = deviations(found.images[0].pixels, found.textures[0])
    np.testing.assert_allclose(spread, contrast, rtol=0.02)


def test_spots_keep_their_size_in_micrometres():
    def slope(pixel_size_um):
        found = make_texture_mosaic(
            2,
            merged=1,
            shape=(256, 256),
            pixel_size_um=pixel_size_um,
            piece_um=100 * pixel_size_um,
            noise=0,
            random_state=5,
        )
        pixels = found.images[0].pixels.astype(float)
        inner = found.textures[0] == 1
        return np.abs(np.gradient(pixels, pixel_size_um, axis=0))[inner].mean()

    assert slope(0.5) == pytest.approx(slope(1.0), rel=0.15)


def test_the_seed_decides_and_is_named(mosaic):
    seed = int(mosaic.images[0].specimen.removeprefix("mosaic-"))
    again = make_texture_mosaic(random_state=seed, **SMALL)
    other = make_texture_mosaic(random_state=4, **SMALL)
    np.testing.assert_array_equal(again.images[0].pixels, mosaic.images[0].pixels)
    np.testing.assert_array_equal(again.textures[0], mosaic.textures[0])
    assert (other.textures[0] != mosaic.textures[0]).mean() > 0.3
    assert "5 textures" in mosaic.DESCR
    assert mosaic.images[0].specimen in mosaic.DESCR
    assert mosaic.images[0].pixel_size_um == mosaic.pixel_size_um == 1.17


def test_no_two_textures_share_a_size_a_length_or_a_number():
    textures = draw_textures(0, 7)
    for name in ("radius_um", "elongation", "spots_on_a_pixel"):
        values = np.sort([getattr(texture, name) for texture in textures])
        steps = np.diff(np.log(values))
        np.testing.assert_allclose(steps, steps[0])
    assert {texture.sign for texture in textures} == {-1.0, 1.0}


def test_pieces_too_large_for_the_frame_are_refused():
    with pytest.raises(ValueError, match=r"piece_um=10000.*smaller pieces"):
        make_texture_mosaic(20, shape=(64, 64), piece_um=10_000, random_state=0)


@pytest.mark.parametrize(
    "name, value, error",
    [
        ("n_textures", 1, "n_textures=1"),
        ("n_textures", 21, "n_textures=21"),
        ("merged", 5, "merged=5"),
        ("merged", 0, "merged=0"),
        ("shape", (63, 200), r"shape\[0\]=63"),
        ("pixel_size_um", 0.1, "pixel_size_um=0.1"),
        ("piece_um", 1.0, "piece_um=1"),
        ("contrast", 31.0, "contrast=31"),
        ("noise", -1.0, "noise=-1"),
    ],
)
def test_what_is_out_of_range_is_named(name, value, error):
    with pytest.raises(ValueError, match=error):
        make_texture_mosaic(**{"random_state": 0, **SMALL, name: value})


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_named(value):
    small = {"shape": (64, 64), "piece_um": 30.0, "random_state": 0}
    for name in (
        "n_textures",
        "merged",
        "shape",
        "pixel_size_um",
        "piece_um",
        "contrast",
        "noise",
        "random_state",
    ):
        check_that_errors_name(
            name, partial(make_texture_mosaic, **{**small, name: value})
        )
