"""Tests of sklearn_microarch.sampling._annotated_slices, through the sampler."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.exceptions import (
    MissingRegionsWarning,
    PixelSizeWarning,
    TissueWarning,
)
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import PatchSampler

NAMES = {1: "CTX", 2: "VP"}
# Where the section lies, and the part of it that is annotated.
SECTION, LEFT, RIGHT = np.s_[20:100, 30:170], np.s_[20:100, 30:90], np.s_[40:80, 90:170]


def section(seed=0, **known):
    """Return a bright section on black, and its codes, up to the rim."""
    rng = np.random.default_rng(seed)
    data = rng.normal(10, 2, (120, 200))
    data[SECTION] = rng.normal(120, 12, (80, 140))
    image = SliceImage(data.clip(0, 255).astype(np.uint8), 4.0, **known)
    codes = np.zeros(image.shape, dtype=int)
    codes[LEFT], codes[RIGHT] = 1, 2
    return image, codes


@pytest.fixture
def sampler():
    return PatchSampler(16, n_patches_per_roi=60, stride=3, random_state=0)


def shown(patches):
    """Return the share of tissue that each patch shows, of the section as it is."""
    tissue = np.zeros(patches.images[0].shape)
    tissue[SECTION] = 1
    sums = np.pad(tissue.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    top, left = (patches.positions[:, 1:] - patches.patch_size // 2).T
    down, right = top + patches.patch_size, left + patches.patch_size
    area = sums[down, right] - sums[top, right] - sums[down, left] + sums[top, left]
    return area / patches.patch_size**2


def test_training_rows_are_all_of_the_grid_off_the_rim_with_their_labels(sampler):
    image, codes = section()
    patches, labels = sampler.training_rows(image, codes)
    assert shown(patches).min() > 0.87
    assert labels.dtype == np.int64
    assert (labels == -1).sum() > 50
    np.testing.assert_array_equal(labels, patches.labels(codes))
    old = clone(sampler).fit(image).cut(image, min_tissue=0.9)
    np.testing.assert_array_equal(patches.positions, old.positions)
    coarse, named = sampler.training_rows(image, codes, stride=6, names=NAMES)
    assert (coarse.positions[:, 1:] % 6 == 0).all()
    assert set(named.tolist()) == {"", "CTX", "VP"}


@pytest.mark.parametrize("min_tissue", [0.0, 0.6, 0.9, 1.0])
def test_sample_and_training_rows_obey_the_share_and_transform_does_not(
    sampler, min_tissue
):
    image, codes = section()
    sampler.set_params(min_tissue=min_tissue)
    drawn, labels = sampler.sample(image, codes)
    rows, _ = sampler.training_rows(image, codes)
    # The border of the tissue is found to a pixel.
    assert shown(drawn).min() > min_tissue - 0.1
    assert shown(rows).min() > min_tissue - 0.1
    everything = sampler.fit(drawn, labels).transform(image)
    assert len(everything) == len(clone(sampler).fit(image).cut(image))
    assert shown(everything).min() < 0.4


def test_where_nothing_is_at_the_rim_the_draw_is_that_without_a_rim(sampler):
    image, codes = section()
    inner = np.zeros_like(codes)
    inner[32:88, 44:156] = codes[32:88, 44:156]
    for rois in (inner, RoiMap(inner, NAMES, pixel_size_um=4.0)):
        first, labels = sampler.sample(image, rois)
        other, again = clone(sampler).set_params(min_tissue=0).sample(image, rois)
        np.testing.assert_array_equal(first.positions, other.positions)
        np.testing.assert_array_equal(labels, again)
    whole, _ = sampler.sample(image, codes)
    free, _ = clone(sampler).set_params(tissue=None).sample(image, codes)
    assert shown(whole).min() > 0.87
    assert shown(free).min() < 0.7


def test_nothing_is_taken_from_an_earlier_fit(sampler):
    image, codes = section()
    expected, labels = sampler.training_rows(image, codes)
    dark = image.replace(data=255 - image.data, pixel_size_um=8.0)
    sampler.fit(dark)
    found, again = sampler.training_rows(image, codes)
    np.testing.assert_array_equal(found.positions, expected.positions)
    np.testing.assert_array_equal(again, labels)
    assert sampler.pixel_size_um_ == 8.0
    turned, _ = sampler.training_rows(dark, codes)
    np.testing.assert_array_equal(turned.positions, found.positions)


def test_a_pipeline_is_fitted_on_the_rows_as_they_come(sampler):
    image, codes = section()
    patches, labels = sampler.training_rows(
        image, RoiMap(codes, NAMES, pixel_size_um=4.0)
    )
    fitted = clone(sampler).fit(patches, labels)
    assert fitted.patch_shape_ == (16, 16)
    assert fitted.pixel_size_um_ == 4.0
    assert fitted.tissue_polarity_ == "bright"


def test_the_patch_is_as_large_as_the_pixel_size_says():
    image, codes = section()
    patches, _ = PatchSampler(stride=8).training_rows(image, codes)
    assert patches.patch_size == round(150 / 4)
    plain = PatchSampler(16, stride=8)
    assert plain.training_rows(image.data, codes)[0].patch_size == 16
    with pytest.raises(ValueError, match=r"patch_size_um=60 needs a known pixel size"):
        PatchSampler(patch_size_um=60).training_rows(image.data, codes)


def test_several_slices_are_cut_one_after_the_other_at_one_pixel_size(sampler):
    one, codes = section(specimen="m1", name="a")
    data = np.kron(section(1)[0].data, np.ones((2, 2), np.uint8))
    fine = SliceImage(data, 2.0, specimen="m1", name="b")
    rois = [codes, np.kron(codes, np.ones((2, 2), int))]
    patches, labels = sampler.training_rows([one, fine], rois)
    assert [image.pixel_size_um for image in patches.images] == [4.0, 4.0]
    counts = np.bincount(patches.positions[:, 0])
    assert 0.95 < counts[0] / counts[1] < 1.05
    # One specimen, of which slices had two pixel sizes.
    assert set(patches.groups.tolist()) == {"m1"}
    np.testing.assert_array_equal(labels, patches.labels(rois))
    drawn, drawn_labels = sampler.sample([one, fine], rois)
    for region in (1, 2):
        index = drawn.positions[drawn_labels == region, 0]
        assert np.bincount(index).tolist() == [30, 30]
    with pytest.warns(PixelSizeWarning, match=r"1 of 2 images is unknown \('b'\)"):
        sampler.training_rows([one, fine.replace(pixel_size_um=None)], rois)


def test_specimens_are_drawn_from_evenly_and_what_one_lacks_is_said(sampler):
    slices = [section(seed, specimen=name)[0] for seed, name in enumerate("aab")]
    codes = section()[1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        patches, labels = sampler.sample(slices, [codes] * 3)
    for region in (1, 2):
        index = patches.positions[labels == region, 0]
        assert np.bincount(index).tolist() == [15, 15, 30]
    rois = [codes, codes, np.where(codes == 2, 0, codes)]
    message = "no patch of a region: 'b' of VP"
    for call in (
        lambda: sampler.sample(slices, rois, NAMES),
        lambda: sampler.training_rows(slices, rois, names=NAMES),
    ):
        with pytest.warns(MissingRegionsWarning, match=message) as caught:
            _, labels = call()
        assert caught[0].filename == __file__
        assert "VP" in labels


def test_a_region_with_nothing_off_the_rim_is_measured(sampler):
    image, codes = section()
    codes[20:23, 60:120] = 7
    with pytest.raises(ValueError, match=r"\[7\] offer no position .*min_tissue=0\.9"):
        sampler.sample(image, codes)
    message = r"\[7\] offer no centre .* 7 has 180 pixels, 0 of them off the rim"
    with pytest.raises(ValueError, match=message):
        sampler.training_rows(image, codes)
    _, labels = sampler.set_params(min_tissue=0.4).training_rows(image, codes, stride=1)
    assert 7 in labels
    codes[60, 100] = 9
    with pytest.raises(ValueError, match="9 has 1 pixels, 1 of them off the rim"):
        sampler.training_rows(image, codes, stride=7)


def test_a_region_that_is_no_tissue_keeps_its_rows_and_is_named(sampler):
    image, codes = section()
    codes[4:12, 10:190] = 3
    message = r"does not take .*: glass \(0%\)"
    with pytest.warns(TissueWarning, match=message):
        _, drawn = sampler.sample(image, codes, {**NAMES, 3: "glass"})
    with pytest.warns(TissueWarning, match=message):
        _, labels = sampler.training_rows(image, codes, names={**NAMES, 3: "glass"})
    assert (drawn == "glass").sum() == 60
    assert (labels == "glass").sum() > 50


def test_a_mask_of_other_slices_is_refused_for_rows_and_left_out_of_draws(sampler):
    image, codes = section()
    sampler.set_params(tissue=np.ones((50, 60), dtype=bool))
    assert len(sampler.sample(image, codes)[0]) == 120
    with pytest.raises(ValueError, match=r"tissue has shape \(50, 60\)"):
        sampler.training_rows(image, codes)


def test_slices_of_a_group_with_other_grey_levels_are_named(sampler):
    image, codes = section(name="a", group="plate 1")
    deep = image.replace(data=image.data.astype(np.uint16), name="b")
    message = r"image 'a' has uint8 and image 'b' has uint16, both of group 'plate 1'"
    for call in (sampler.sample, sampler.training_rows):
        with pytest.raises(TypeError, match=message):
            call([image, deep], [codes, codes])
    other = deep.replace(group="plate 2", name="")
    with pytest.raises(TypeError, match=r"image number 1 has uint16\. Their"):
        sampler.sample([image, other], [codes, codes])


def test_sample_draws_evenly_from_slices_of_one_specimen_with_other_pixel_sizes(
    sampler,
):
    one, codes = section(specimen="m1", name="a")
    data = np.kron(section(1)[0].data, np.ones((2, 2), np.uint8))
    fine = SliceImage(data, 2.0, specimen="m1", name="b")
    rois = [codes, np.kron(codes, np.ones((2, 2), int))]
    patches, labels = sampler.sample([one, fine], rois, NAMES)
    assert [image.pixel_size_um for image in patches.images] == [4.0, 4.0]
    assert patches.images[1].shape == one.shape
    assert set(patches.groups.tolist()) == {"m1"}
    for region in NAMES.values():
        of_region = patches.positions[labels == region, 0]
        assert np.bincount(of_region).tolist() == [30, 30]
    # Labels are those of the slices as they were given.
    np.testing.assert_array_equal(labels, patches.labels(rois, NAMES))
