"""Tests of sklearn_microarch.sampling._tissue."""

import numpy as np
import pytest
from scipy import ndimage

from sklearn_microarch.exceptions import TissueThresholdWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._tissue import (
    check_mask,
    otsu_threshold,
    pooled_threshold,
    smoothed_grey,
    tissue_mask,
)


def test_the_threshold_splits_two_peaks_in_their_middle(rng):
    values = np.concatenate([rng.uniform(0, 10, 500), rng.uniform(90, 100, 700)])
    assert otsu_threshold(values) == pytest.approx(50, abs=1)
    assert otsu_threshold(np.full(5, 3.0)) == 3.0


def test_the_threshold_maximises_the_variance_between_the_classes(rng):
    values = np.concatenate([rng.normal(20, 6, 3000), rng.normal(60, 12, 2000)])

    def between(threshold):
        below = values <= threshold
        gap = values[below].mean() - values[~below].mean()
        return below.mean() * (~below).mean() * gap**2

    best = max(between(t) for t in np.linspace(10, 70, 400))
    assert between(otsu_threshold(values)) == pytest.approx(best, rel=1e-3)


def test_the_blur_is_seven_micrometres_or_six_pixels(rng):
    data = rng.uniform(size=(40, 50)).astype(np.float32)
    for size, sigma in ((3.5, 2.0), (None, 6.0)):
        expected = ndimage.gaussian_filter(data, sigma, mode="nearest")
        found = smoothed_grey(SliceImage(data, pixel_size_um=size))
        np.testing.assert_array_equal(found, expected)


def test_channels_are_averaged(rng):
    data = rng.uniform(size=(3, 40, 50)).astype(np.float32)
    mean = SliceImage(data.mean(axis=0))
    np.testing.assert_allclose(
        smoothed_grey(SliceImage(data)), smoothed_grey(mean), rtol=1e-6
    )


def test_several_slices_share_one_threshold(rng):
    dark = SliceImage(rng.uniform(0, 10, size=(30, 40)))
    bright = SliceImage(rng.uniform(90, 100, size=(50, 40)))
    assert 15 < pooled_threshold([dark, bright]) < 85


def test_a_threshold_not_learned_warns():
    image = SliceImage(np.repeat([[0.0] * 30 + [9.0] * 30], 50, axis=0))
    with pytest.warns(TissueThresholdWarning, match="knows no tissue threshold"):
        found = tissue_mask(image, "otsu", None)
    np.testing.assert_array_equal(found, tissue_mask(image, "otsu-each", None))
    assert tissue_mask(image, None, None).all()


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
