"""Grey levels in windows: what follows an exposure, what does not, what is left out."""

import joblib
import numpy as np
import pytest
from scipy import ndimage

from sklearn_microarch import SliceImage
from sklearn_microarch.images import measure_grey_levels, share_grey_levels


def _blocks(rng, shape, edge):
    """Noise (height, width) that is even over squares, as cells are."""
    coarse = rng.normal(size=(shape[0] // edge, shape[1] // edge))
    return np.kron(coarse, np.ones((edge, edge)))


@pytest.fixture
def picture(rng):
    """Two textures on a blank ground."""
    pixels = np.zeros((600, 900))
    pixels[100:500, 60:450] = 100 + 15 * _blocks(rng, (400, 390), 10)
    pixels[100:500, 450:840] = 150 + 20 * _blocks(rng, (400, 390), 5)
    return pixels


def test_gain_and_offset_move_the_median_and_the_spread_alone(picture):
    before = measure_grey_levels(SliceImage(picture)).measures[:, 0]
    after = measure_grey_levels(SliceImage(0.5 * picture + 40)).measures[:, 0]
    np.testing.assert_allclose(after[:, 0], 0.5 * before[:, 0] + 40, rtol=1e-4)
    np.testing.assert_allclose(after[:, 1], before[:, 1] + np.log(0.5), atol=1e-3)
    np.testing.assert_allclose(after[:, 2:], before[:, 2:], atol=1e-3)


def test_windows_that_are_half_blank_are_left_out(picture):
    found = measure_grey_levels(SliceImage(picture))
    rows = (found.places[:, 0] + 1) / 2 * 600
    cols = (found.places[:, 1] + 1) / 2 * 900
    assert len(found) > 40
    assert rows.min() >= 100 + 16
    assert rows.max() <= 500 - 16
    assert cols.min() >= 60 + 16
    assert cols.max() <= 840 - 16


def test_a_lazy_picture_has_the_same(picture, lazy):
    image = SliceImage(lazy(picture))
    expected = measure_grey_levels(SliceImage(picture))
    np.testing.assert_array_equal(
        measure_grey_levels(image).measures, expected.measures
    )
    assert not hasattr(image, "_loaded")


def test_windows_keep_their_size_in_micrometres(picture):
    coarse = picture.reshape(300, 2, 450, 2).mean(axis=(1, 3))
    fine = measure_grey_levels(SliceImage(picture, pixel_size_um=1.17))
    wide = measure_grey_levels(SliceImage(coarse, pixel_size_um=2.34))
    assert len(wide) == pytest.approx(len(fine), rel=0.2)
    medians = [np.median(one.measures[:, 0, 0]) for one in (fine, wide)]
    assert medians[1] == pytest.approx(medians[0], rel=0.05)


def test_each_channel_is_measured_by_itself(picture):
    both = measure_grey_levels(SliceImage(np.stack([picture, 255 - picture])))
    one = measure_grey_levels(SliceImage(picture))
    assert both.measures.shape[1:] == (2, 5)
    np.testing.assert_array_equal(both.measures[:, 0], one.measures[:, 0])
    np.testing.assert_allclose(
        both.measures[:, 1, 0], 255 - both.measures[:, 0, 0], rtol=1e-4
    )


def test_measuring_changes_neither_hash_nor_size(picture):
    image = SliceImage(picture, name="z1")
    before = joblib.hash(image)
    found = measure_grey_levels(image)
    assert measure_grey_levels(image) is found
    assert joblib.hash(image) == before


def test_what_a_crop_was_given_survives_a_pickle(picture, tmp_path):
    whole = SliceImage(picture)
    crop = whole.replace(
        data=picture[:300], grey_levels=measure_grey_levels(whole), name="crop"
    )
    joblib.dump(crop, tmp_path / "crop.joblib")
    loaded = joblib.load(tmp_path / "crop.joblib")
    assert len(measure_grey_levels(loaded)) == len(measure_grey_levels(whole))
    assert joblib.hash(loaded) == joblib.hash(crop)


@pytest.mark.parametrize("pixels", [np.full((400, 400), 7.0), np.ones((20, 900))])
def test_blank_and_tiny_pictures_have_no_windows(pixels):
    found = measure_grey_levels(SliceImage(pixels))
    assert len(found) == 0
    assert np.isnan(found.sharpness).all()


def test_blur_lowers_the_sharpness(picture):
    blurred = ndimage.gaussian_filter(picture, 2)
    sharp = measure_grey_levels(SliceImage(picture)).sharpness[0]
    assert measure_grey_levels(SliceImage(blurred)).sharpness[0] < 0.9 * sharp


def test_a_group_shares_what_all_its_slices_show(picture):
    slices = [SliceImage(picture, name="a"), SliceImage(picture[::-1].copy(), name="b")]
    together = share_grey_levels(slices)
    assert together[0].grey_levels is together[1].grey_levels
    n = sum(len(measure_grey_levels(image)) for image in slices)
    assert len(together[0].grey_levels) == n
    assert together[0].data is slices[0].data


def test_a_slice_without_tissue_leaves_the_sharpness_of_its_group(picture):
    sharp, empty = SliceImage(picture), SliceImage(np.full_like(picture, 7))
    (shared, _) = share_grey_levels([sharp, empty])
    known = measure_grey_levels(sharp).sharpness
    np.testing.assert_array_equal(shared.grey_levels.sharpness, known)
    (blank, _) = share_grey_levels([empty, empty])
    assert np.isnan(blank.grey_levels.sharpness).all()


def test_a_group_of_mixed_pixel_depths_is_refused(picture):
    slices = [
        SliceImage(picture.astype(np.uint8), name="a"),
        SliceImage(picture.astype(np.uint16), name="b"),
    ]
    message = r"\('a'\) and images\[1\] \('b'\) have pixels of dtype uint8 and uint16"
    with pytest.raises(TypeError, match=message):
        share_grey_levels(slices)
    unnamed = [image.replace(name="") for image in [slices[0], *slices]]
    message = r"images\[0\] and images\[2\] have pixels of dtype"
    with pytest.raises(TypeError, match=message):
        share_grey_levels(unnamed)


def test_a_group_of_mixed_channels_and_an_empty_one_are_refused(picture):
    slices = [SliceImage(picture, name="a"), SliceImage(picture[None], name="b")]
    with pytest.raises(ValueError, match=r"\('b'\) have other channels"):
        share_grey_levels(slices)
    with pytest.raises(ValueError, match="images is empty"):
        share_grey_levels([])


@pytest.mark.parametrize("wrong", [np.zeros((9, 9)), "z1.tif", None, 3])
def test_what_is_no_slice_is_refused(wrong):
    with pytest.raises(TypeError, match="image is a"):
        measure_grey_levels(wrong)
    with pytest.raises(TypeError, match="image"):
        share_grey_levels([wrong])


def test_grey_levels_of_a_slice_must_be_measured_ones(picture):
    with pytest.raises(TypeError, match="grey_levels is a dict"):
        SliceImage(picture, grey_levels={})
