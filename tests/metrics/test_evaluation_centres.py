"""Tests of sklearn_microarch.metrics._evaluation_centres."""

import numpy as np
import pytest

from sklearn_microarch import PatchSampler, SliceImage
from sklearn_microarch.exceptions import UnscoredRegionsWarning
from sklearn_microarch.metrics import evaluation_centres

NAMES = {3: "CTX", 5: "VP"}


@pytest.fixture
def image(rng):
    """Return a slice whose left half is too dark for tissue."""
    data = rng.integers(100, 140, size=(70, 90))
    data[:, :45] = 2
    return SliceImage(data, pixel_size_um=1.17)


@pytest.fixture
def rois():
    """Return region 3 on the left, region 5 on the right, up to the border."""
    codes = np.zeros((70, 90), dtype=np.uint8)
    codes[:60, :50] = 3
    codes[:60, 50:] = 5
    return codes


@pytest.mark.parametrize("step", [1, 5, 8])
def test_every_annotated_centre_of_the_grid_is_there(image, rois, step):
    sampler = PatchSampler(16, border="reflect")
    patches, labels = evaluation_centres(sampler, image, rois, step=step)
    rows, cols = np.nonzero(rois[::step, ::step])
    np.testing.assert_array_equal(patches.positions[:, 1], rows * step)
    np.testing.assert_array_equal(patches.positions[:, 2], cols * step)
    np.testing.assert_array_equal(labels, rois[rows * step, cols * step])
    assert patches.patch_size == 16


def test_patches_over_the_border_are_left_out_if_the_sampler_says_so(image, rois):
    all_of_them, _ = evaluation_centres(
        PatchSampler(16, border="constant"), image, rois
    )
    whole, _ = evaluation_centres(PatchSampler(16), image, rois)
    _, rows, cols = all_of_them.positions.T
    inside = (rows >= 8) & (rows <= 62) & (cols >= 8) & (cols <= 82)
    assert 0 < inside.sum() < len(rows)
    np.testing.assert_array_equal(whole.positions, all_of_them.positions[inside])


def test_names_other_codes_and_several_slices(image, rois):
    sampler = PatchSampler(patch_size_um=18.72, unannotated_code=9)
    codes = np.where(rois == 0, 9, rois).astype(np.int16)
    codes[30:, 40:] = -1
    both, labels = evaluation_centres(sampler, [image, image], [codes, codes], NAMES)
    one, alone = evaluation_centres(sampler, image, codes, NAMES)
    assert both.patch_size == 16
    assert set(labels) == {"CTX", "VP"}
    np.testing.assert_array_equal(labels, np.tile(alone, 2))
    assert both.positions[:, 0].tolist() == [0] * len(one) + [1] * len(one)


def test_the_sampler_is_left_as_it_was(image, rois):
    sampler = PatchSampler(16).fit(image)
    before = sampler.tissue_threshold_, sampler.get_params()
    evaluation_centres(sampler, image, rois)
    assert (sampler.tissue_threshold_, sampler.get_params()) == before


def test_a_region_between_the_centres_is_said(image, rois):
    rois[10:13, 10:13] = 7
    with pytest.warns(UnscoredRegionsWarning, match=r"regions of codes \[7\] have lab"):
        evaluation_centres(PatchSampler(16), image, rois)
    assert 7 in evaluation_centres(PatchSampler(16), image, rois, step=4)[1]


def test_bad_input_is_named(image, rois):
    with pytest.raises(ValueError, match="rois has no annotated pixel at any centre"):
        evaluation_centres(PatchSampler(16), image, np.zeros_like(rois))
    with pytest.raises(ValueError, match=r"rois has shape \(90, 70\)"):
        evaluation_centres(PatchSampler(16), image, rois.T)
    with pytest.raises(ValueError, match=r"names has no entry for the ROI codes \[5\]"):
        evaluation_centres(PatchSampler(16), image, rois, {3: "CTX"})
    with pytest.raises(TypeError, match=r"step=2\.5 must be an integer"):
        evaluation_centres(PatchSampler(16), image, rois, step=2.5)
