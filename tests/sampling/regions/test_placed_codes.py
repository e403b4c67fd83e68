"""Tests of sklearn_microarch.sampling.regions._placed_codes."""

import numpy as np
import pytest

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._resample import bring_to_pixel_size
from sklearn_microarch.sampling.regions._placed_codes import (
    PlacedCodes,
    place_array,
    place_roi_map,
)


def codes_of(rng, shape=(12, 16)):
    return np.kron(rng.integers(0, 3, (shape[0] // 4, shape[1] // 4)), np.ones((4, 4)))


@pytest.mark.parametrize("window", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("purity", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("border", ["drop", "constant"])
def test_on_a_coarser_grid_purity_is_that_of_the_area(rng, window, purity, border):
    codes = codes_of(rng).astype(int)
    fine = np.kron(codes, np.ones((5, 5), int))
    image = SliceImage(np.zeros(fine.shape), 2.0)
    coarse = place_roi_map(
        RoiMap(codes, {1: "a", 2: "b"}, pixel_size_um=10, offset_um=(4, 4)),
        codes,
        image,
    )
    assert not coarse.is_on_grid
    np.testing.assert_array_equal(coarse.on_grid(), fine)
    options = {
        "patch_size": 9,
        "purity_window": window,
        "min_purity": purity,
        "border": border,
    }
    exact = PlacedCodes(fine, 0, fine.shape)
    assert exact.is_on_grid
    for code in (1, 2):
        np.testing.assert_array_equal(
            coarse.candidates(code, **options), exact.candidates(code, **options)
        )
    assert not coarse.candidates(7, **options).any()


def test_beyond_the_annotation_nothing_is_annotated():
    rois = RoiMap(np.ones((3, 4), int), {1: "a"}, pixel_size_um=2, offset_um=(4, 6))
    placed = place_roi_map(rois, rois.codes, SliceImage(np.zeros((9, 12)), 2.0))
    expected = np.zeros((9, 12), int)
    expected[2:5, 3:7] = 1
    np.testing.assert_array_equal(placed.on_grid(), expected)
    assert placed.at(np.array([0, 2, 8]), np.array([0, 3, 11])).tolist() == [-1, 1, -1]


def test_codes_of_the_slice_as_given_fit_the_resampled_one(rng):
    given = SliceImage(np.zeros((40, 60)), 1.0, downsample=2.0, crop=(3, 5))
    codes = np.zeros((40, 60), int)
    codes[:, 30:] = 1
    for size in (2.0, 0.8, 1.5):
        made = bring_to_pixel_size(given, size)
        by_array = place_array(codes, made, 0)
        rois = RoiMap(codes, {1: "a"})
        by_map = place_roi_map(rois, codes, made)
        assert by_map.first == pytest.approx(by_array.first)
        assert by_map.step == pytest.approx(by_array.step)
        np.testing.assert_array_equal(by_array.on_grid(), by_map.on_grid())
        assert abs((by_array.on_grid() == 1).mean() - 0.5) < 0.02
        # The whole picture's own grid: 0.5 um per pixel, cropped and twice as fine.
        whole = RoiMap(np.ones((100, 140), int), {1: "a"}, pixel_size_um=0.5)
        on_whole = place_roi_map(whole, whole.codes, made)
        assert on_whole.first == pytest.approx(
            ((3 + size) - 0.5, (5 + size) - 0.5), abs=1e-9
        )
