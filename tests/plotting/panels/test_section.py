"""Tests of sklearn_microarch.plotting.panels._section."""

import numpy as np
import pytest

from sklearn_microarch.exceptions import NonFiniteImageError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.plotting.panels._grid import Box
from sklearn_microarch.plotting.panels._section import Backdrop, SliceGround, area_mean


def under(cells, background, pixel_size_um):
    return SliceGround.under(
        cells,
        background=background,
        cell_size=8,
        offset=(0.0, 0.0),
        pixel_size_um=pixel_size_um,
    )


def test_area_mean_is_the_mean_of_each_square(rng):
    image = rng.integers(0, 255, size=(12, 20)).astype(np.uint8)
    shrunk = area_mean(image, Box(3, 9, 4, 20), step=2)
    assert shrunk.shape == (3, 8)
    assert shrunk[1, 2] == pytest.approx(image[5:7, 8:10].mean())


def test_area_mean_repeats_the_last_row_where_squares_reach_over_the_edge():
    image = np.arange(15.0).reshape(5, 3)
    shrunk = area_mean(image, Box(0, 5, 0, 3), step=4)
    assert shrunk.shape == (2, 1)
    assert shrunk[1, 0] == pytest.approx((12 + 13 + 14 + 14) / 4)


def test_a_fine_pattern_becomes_grey_and_no_moire():
    stripes = np.tile([0, 255], (50, 2500)).astype(np.uint8)
    backdrop = Backdrop.of(stripes, Box(0, 50, 0, 5000), max_side=1250)
    assert backdrop.image.shape == (13, 1250)
    np.testing.assert_allclose(backdrop.image, 127.5)


def test_backdrop_covers_its_box_to_the_pixel_edges(rng):
    grey = rng.normal(size=(40, 60))
    backdrop = Backdrop.of(grey, Box(4, 24, 10, 50), max_side=20)
    assert backdrop.extent == (9.5, 49.5, 23.5, 3.5)
    assert max(backdrop.image.shape) == 20


def test_a_few_extreme_pixels_do_not_set_the_contrast(rng):
    grey = rng.uniform(100, 150, size=(100, 100))
    grey[0, :5] = 60000.0
    assert Backdrop.of(grey, Box(0, 100, 0, 100)).limits[1] < 151


def test_a_flat_slice_still_has_limits_in_order():
    low, high = Backdrop.of(np.full((9, 9), 7), Box(0, 9, 0, 9)).limits
    assert low < high


def test_channels_are_averaged(rng):
    pixels = rng.normal(size=(3, 16, 24))
    section = under(np.zeros((2, 3)), pixels, None)
    np.testing.assert_allclose(section.picture, pixels.mean(axis=0))


def test_pixel_size_is_the_background_s_unless_given(rng):
    image = SliceImage(rng.normal(size=(16, 24)), 1.17)
    cells = np.zeros((2, 3))
    for given, expected in [(None, 1.17), (2.0, 2.0)]:
        section = under(cells, image, given)
        assert section.pixel_size_um == expected


def test_without_a_background_cells_say_how_large_the_slice_is():
    section = under(np.zeros((5, 7)), None, 1.5)
    assert section.grid.slice_shape == (40, 56)
    assert section.picture is None
    assert section.pixel_size_um == 1.5


@pytest.mark.parametrize("offset", [(0.0, 0.0), (3.0, 5.0), (1.5, 12.25), (-0.4, 0.3)])
@pytest.mark.parametrize("cell_size", [1, 2, 2.5, 7.7, 8])
def test_cells_without_a_background_are_all_that_fit_on_the_slice(cell_size, offset):
    options = {"cell_size": cell_size, "offset": offset, "pixel_size_um": None}
    for n_rows in range(1, 30):
        cells = np.zeros((n_rows, n_rows + 3))
        section = SliceGround.under(cells, background=None, **options)
        assert section.grid.shape == cells.shape


def test_bad_backgrounds_and_pixel_sizes_are_errors(rng):
    cells = np.zeros((2, 3))
    bad = rng.normal(size=(16, 24))
    bad[3, 4] = np.nan
    with pytest.raises(NonFiniteImageError, match=r"background .*first at \(3, 4\)"):
        under(cells, bad, None)
    with pytest.raises(ValueError, match=r"pixel_size_um=-1.* must be positive"):
        under(cells, None, -1.0)
    with pytest.raises(ValueError, match="an image is 2-D"):
        under(cells, np.ones(9), None)


def test_three_channels_of_8_bits_are_drawn_in_colour(rng):
    pixels = rng.integers(0, 256, size=(3, 16, 24), dtype=np.uint8)
    section = under(np.zeros((2, 3)), pixels, None)
    np.testing.assert_array_equal(section.picture, np.moveaxis(pixels, 0, -1))
    backdrop = Backdrop.of(section.picture, Box(0, 16, 0, 24), max_side=12)
    assert backdrop.image.shape == (8, 12, 3)
    square = pixels[:, 2:4, 4:6].mean(axis=(1, 2)) / 255
    np.testing.assert_allclose(backdrop.image[1, 2], square, rtol=1e-6)


def test_other_channels_are_averaged_to_grey(rng):
    for pixels in (
        rng.integers(0, 256, size=(2, 16, 24), dtype=np.uint8),
        rng.integers(0, 4096, size=(3, 16, 24), dtype=np.uint16),
    ):
        section = under(np.zeros((2, 3)), pixels, None)
        np.testing.assert_allclose(section.picture, pixels.mean(axis=0))
