"""Tests of sklearn_microarch.images._convert_color."""

import numpy as np
import pytest

from sklearn_microarch import SliceImage, read_image
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import write_tiff


@pytest.fixture
def stained(rng):
    """Return violet tissue on white glass."""
    pixels = rng.normal(243, 1, (3, 60, 80))
    pixels[:, 20:50, 20:60] *= np.array([0.6, 0.4, 0.8])[:, None, None]
    return SliceImage(pixels.clip(0, 255).astype("uint8"), 4.0, name="stained")


@pytest.fixture
def path(stained, tmp_path):
    return write_tiff(tmp_path / "stained.tif", stained)


def test_a_colour_picture_has_three_channels_unless_told(path, stained):
    np.testing.assert_array_equal(read_image(path).data, stained.data)


def test_grey_is_how_bright_the_colours_look(path, stained):
    grey = read_image(path, color="grey")
    assert grey.dtype == np.uint8
    red, green, blue = stained.data.astype(float)
    expected = 0.299 * red + 0.587 * green + 0.114 * blue
    assert np.abs(grey.data - expected).max() <= 0.5 + 1e-9
    assert grey.pixel_size_um == 4.0


def test_optical_density_is_high_in_tissue_and_does_not_change_with_the_lamp(
    stained, tmp_path, path
):
    density = read_image(path, color="optical density")
    assert density.data.shape == (60, 80)
    assert density.dtype == np.float32
    expected = -np.log10([0.6, 0.4, 0.8]).mean()
    assert np.median(density.data[25:45, 25:55]) == pytest.approx(expected, abs=0.01)
    assert np.median(density.data[:15]) < 0.01
    assert any("glass" in note for note in density.notes)
    dimmer = stained.replace(data=(stained.data * 0.8).astype("uint8"))
    other = write_tiff(tmp_path / "dimmer.tif", dimmer)
    again = read_image(other, color="optical density")
    np.testing.assert_allclose(again.data, density.data, atol=0.02)


def test_what_has_no_colours_is_refused(tmp_path, path):
    grey = write_tiff(tmp_path / "grey.tif", np.zeros((20, 30), "uint8"))
    with pytest.raises(ImageFileError, match=r"grey\.tif.*has 1 channel of uint8"):
        read_image(grey, color="grey")
    with pytest.raises(ValueError, match="color='sepia' must be one of 'rgb', 'grey'"):
        read_image(path, color="sepia")
