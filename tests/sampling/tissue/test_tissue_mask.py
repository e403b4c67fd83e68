"""Tests of sklearn_microarch.sampling.tissue._tissue_mask."""

import numpy as np
import pytest

from sklearn_microarch.exceptions import TissueThresholdWarning, TissueWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._resample import bring_to_pixel_size
from sklearn_microarch.sampling.tissue._grey_histogram import grey_histogram
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey
from sklearn_microarch.sampling.tissue._tissue_mask import (
    check_mask,
    tissue_mask,
    warn_of_little_tissue,
)


def pooled_threshold(images):
    return grey_histogram([SmoothedGrey(image) for image in images]).otsu()


def test_several_slices_share_one_threshold(rng):
    dark = SliceImage(rng.uniform(0, 10, size=(30, 40)))
    bright = SliceImage(rng.uniform(90, 100, size=(50, 40)))
    assert 15 < pooled_threshold([dark, bright]) < 85


def test_a_threshold_not_learned_warns():
    image = SliceImage(np.repeat([[0.0] * 30 + [9.0] * 30], 50, axis=0))
    with pytest.warns(TissueThresholdWarning, match="knows no tissue threshold"):
        found = tissue_mask(image, "otsu")
    np.testing.assert_array_equal(found, tissue_mask(image, "otsu-each"))
    with pytest.warns(TissueThresholdWarning, match="tissue is bright"):
        np.testing.assert_array_equal(found, tissue_mask(image, "auto"))
    assert tissue_mask(image, None).all()


def test_a_mask_of_the_slice_as_given_fits_the_resampled_one():
    given = SliceImage(np.zeros((40, 60)), pixel_size_um=1.0)
    made = bring_to_pixel_size(given, 2.0)
    mask = np.zeros((40, 60), bool)
    mask[:, 30:] = True
    found = check_mask(mask, made, "mask")
    assert found.shape == made.shape == (20, 30)
    assert found[:, 15:].all()
    assert not found[:, :15].any()
    np.testing.assert_array_equal(check_mask(found, made, "mask"), found)


def test_hardly_any_tissue_is_told_and_none_is_not():
    image, mask = SliceImage(np.zeros((50, 60))), np.zeros((50, 60), bool)
    warn_of_little_tissue(image, mask)
    mask[:4, :4] = True
    warn_of_little_tissue(image, mask)
    mask[1:] = False
    with pytest.warns(TissueWarning, match="only 4 of its 3000 pixels"):
        warn_of_little_tissue(image, mask)


@pytest.mark.parametrize(
    "mask, error, message",
    [
        (np.ones((5, 5), bool), ValueError, r"mask has shape \(5, 5\)"),
        (np.ones((7, 9)), TypeError, "mask has dtype float64"),
        (np.ma.masked_array(np.ones((7, 9), bool), True), ValueError, "mask is masked"),
        (SliceImage(np.ones((7, 9))), TypeError, "mask is a SliceImage.*image.data"),
        ("tissue", ValueError, r"mask has shape \(\)"),
        ([[True], [True, False]], ValueError, "mask="),
    ],
)
def test_what_is_no_mask_is_named(mask, error, message):
    with pytest.raises(error, match=message):
        check_mask(mask, SliceImage(np.zeros((7, 9))), "mask")
