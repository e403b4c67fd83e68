"""Tests of sklearn_microarch.checking._check_slice."""

import pickle

import numpy as np
import pytest
from scipy import ndimage

from sklearn_microarch import PatchSampler, RoiMap, SliceImage, check_slice
from sklearn_microarch.datasets import fetch_prasad2020, make_thalamocortical_phantom
from sklearn_microarch.exceptions import DataNotFoundError

PIXEL_UM = 1.17


@pytest.fixture(scope="module")
def phantom():
    return make_thalamocortical_phantom(shape=(350, 1400), random_state=3)


@pytest.fixture(scope="module")
def check(phantom):
    return check_slice(phantom.images[0], phantom.rois[0], phantom.roi_names)


def check_moved(phantom, rois):
    return check_slice(phantom.images[0], rois, phantom.roi_names)


def codes_of(check):
    return [code for code, _, _ in check.warnings]


def test_a_right_annotation_fits(check):
    assert check.verdict == "fits"
    assert check.better_placement == ""
    assert check.better_codes is None
    assert check.smallest_slip in (50.0, 100.0, 200.0)
    assert not {"misplaced", "placement unknown", "off tissue"} & set(codes_of(check))
    assert not any(region.fits_better_elsewhere for region in check.regions)


def test_a_shifted_annotation_is_found_and_the_way_back_is_told(phantom):
    rois = ndimage.shift(phantom.rois[0], (0, 150), order=0)
    moved = check_moved(phantom, rois)
    assert moved.verdict == "misplaced"
    assert "to the left" in moved.better_placement
    assert codes_of(moved)[0] == "misplaced"
    assert any(region.fits_better_elsewhere for region in moved.regions)
    assert moved.better_codes.max() == 8


@pytest.mark.parametrize(
    ("axis", "words"), [(0, "mirrored up-down"), (1, "mirrored left-right")]
)
def test_a_mirrored_annotation_is_found(phantom, axis, words):
    flipped = check_moved(phantom, np.flip(phantom.rois[0], axis))
    assert flipped.verdict == "misplaced"
    assert words in flipped.better_placement


@pytest.mark.parametrize(
    ("scale", "words"), [(0.5, "scaled by 2"), (2, "scaled by 0.5")]
)
def test_an_annotation_of_another_size_is_found(phantom, scale, words):
    rois = ndimage.affine_transform(phantom.rois[0], np.eye(2) / scale, order=0)
    other = check_moved(phantom, rois)
    assert other.verdict == "misplaced"
    assert words in other.better_placement


def test_a_turn_is_told_with_its_sense(phantom):
    # ndimage turns clockwise as seen, rows running down, for negative angles.
    rois = ndimage.rotate(phantom.rois[0], 4.5, reshape=False, order=0)
    turned = check_moved(phantom, rois)
    assert turned.verdict == "misplaced"
    back = turned.better_codes > 0
    cell = turned.cell_size
    right = phantom.rois[0][cell // 2 :: cell, cell // 2 :: cell] > 0
    right = right[: back.shape[0], : back.shape[1]]
    given = turned.codes[cell // 2 :: cell, cell // 2 :: cell] > 0
    given = given[: back.shape[0], : back.shape[1]]
    assert (back == right).mean() > (given == right).mean()
    assert "turned by" in turned.better_placement
    assert turned.better_placement.split(" degrees ")[1].startswith("clockwise")


def test_one_region_deep_inside_tissue_cannot_be_judged(phantom):
    rois = np.zeros_like(phantom.rois[0])
    rois[150:250, 850:950] = 2
    deep = check_moved(phantom, rois)
    assert deep.verdict == "cannot tell"
    assert codes_of(deep)[0] == "placement unknown"


def test_tissue_share_of_a_region_beside_the_tissue_is_told(phantom):
    rois = phantom.rois[0].copy()
    rois[:25, :200] = 9
    check = check_slice(phantom.images[0], rois, {**phantom.roi_names, 9: "glass"})
    shares = {region.name: region.tissue_share for region in check.regions}
    assert shares["glass"] < 0.2
    assert shares["cortex"] > 0.95
    (off,) = [found for found in check.warnings if found.code == "off tissue"]
    assert "glass" in off.sentence
    assert "cortex" not in off.sentence
    (cut,) = [found for found in check.warnings if found.code == "cut by the edge"]
    assert "glass" in cut.sentence


def test_settings_that_are_advised_work(phantom, check):
    (corpus,) = [region for region in check.regions if region.name == "CC"]
    assert corpus.n_positions < 2000
    size = int(corpus.settings.split("patch_size <= ")[1].split()[0])
    again = check_slice(
        phantom.images[0],
        phantom.rois[0],
        phantom.roi_names,
        sampler=PatchSampler(size),
    )
    (better,) = [region for region in again.regions if region.name == "CC"]
    promised = int(corpus.settings.split(" gives ")[1].split()[0])
    assert better.n_positions >= promised > corpus.n_positions
    assert again.patch_size == size


def test_a_region_map_on_its_own_grid_may_reach_beyond_the_slice(phantom):
    codes = phantom.rois[0][::4, ::4].astype(np.int64)
    wide = np.pad(codes, ((0, 0), (0, 100)))
    wide[20:60, -60:] = 9
    rois = RoiMap(
        wide,
        {**phantom.roi_names, 9: "far"},
        pixel_size_um=4 * PIXEL_UM,
        offset_um=(1.5 * PIXEL_UM, 1.5 * PIXEL_UM),
    )
    check = check_slice(phantom.images[0], rois)
    assert check.verdict == "fits"
    outside = {region.name: region.outside_share for region in check.regions}
    assert outside["far"] == 1.0
    assert outside["VP"] == 0.0
    assert "outside the slice" in codes_of(check)


def test_an_unknown_pixel_size_is_said_and_lengths_are_pixels(phantom):
    image = phantom.images[0].replace(pixel_size_um=None)
    rois = ndimage.shift(phantom.rois[0], (0, 150), order=0)
    check = check_slice(image, rois, phantom.roi_names)
    assert "unknown pixel size" in codes_of(check)
    assert " px to the left" in check.better_placement
    assert "um" not in check.better_placement


def test_clipped_and_few_grey_levels_are_told(phantom):
    pixels = phantom.images[0].data
    clipped = np.minimum(pixels, np.percentile(pixels, 80).astype(np.uint8))
    few = (pixels // 32) * 32
    for changed, code in ((clipped, "clipped"), (few, "few grey levels")):
        image = SliceImage(changed, pixel_size_um=PIXEL_UM)
        check = check_slice(image, phantom.rois[0], phantom.roi_names)
        assert code in codes_of(check)


def test_shading_is_told(phantom):
    pixels = phantom.images[0].data
    gain = np.linspace(0.7, 1.5, pixels.shape[1])
    shaded = np.clip(pixels * gain, 0, 255).astype(np.uint8)
    image = SliceImage(shaded, pixel_size_um=PIXEL_UM)
    check = check_slice(image, phantom.rois[0], phantom.roi_names)
    assert "shading" in codes_of(check)
    assert check.grey.shading > 0.35


def test_the_same_seed_gives_the_same_report_which_pickles(phantom, check):
    again = check_slice(phantom.images[0], phantom.rois[0], phantom.roi_names)
    assert str(again) == str(check)
    assert str(pickle.loads(pickle.dumps(check))) == str(check)


def test_the_report_is_a_table_in_words(check):
    text = str(check)
    assert text.startswith("placement: fits.")
    assert "cortex" in text
    assert "training about" in text
    for code, sentence, remedy in check.warnings:
        assert f"- {code}: {sentence} {remedy}" in text
    rows = check.to_rows()
    assert [row["name"] for row in rows][:2] == ["cortex", "striatum"]
    assert all(row["n_pixels"] > 0 for row in rows)
    assert repr(check).startswith("SliceCheck('fits', 8 regions")


def test_the_sampler_is_left_alone(phantom):
    sampler = PatchSampler(64)
    before = dict(vars(sampler))
    check_slice(phantom.images[0], phantom.rois[0], phantom.roi_names, sampler=sampler)
    assert vars(sampler) == before


def test_bad_input_is_refused_in_words(phantom):
    image, rois = phantom.images[0], phantom.rois[0]
    with pytest.raises(ValueError, match="no region"):
        check_slice(image, np.zeros_like(rois))
    with pytest.raises(TypeError, match="PatchSampler"):
        check_slice(image, rois, sampler="otsu")
    with pytest.raises(TypeError, match="one slice"):
        check_slice([image, image], rois)
    with pytest.raises(ValueError, match="shape"):
        check_slice(image, rois[:-1])
    with pytest.raises(ValueError, match="random_state"):
        check_slice(image, rois, random_state=-1)


def test_a_tiny_even_slice_cannot_be_judged():
    rois = np.repeat([[1] * 20 + [2] * 20], 40, axis=0)
    check = check_slice(np.full((40, 40), 7, dtype=np.uint8), rois)
    assert check.verdict == "cannot tell"
    (odd,) = [found for found in check.warnings if found.code == "tissue"]
    assert "everything is taken for tissue" in odd.sentence
    assert "tissue=mask" in odd.remedy
    assert check.grey.n_levels == 1


def test_the_real_slice_fits():
    try:
        data = fetch_prasad2020()
    except DataNotFoundError:
        pytest.skip("the real slice is not in SKLEARN_MICROARCH_DATA")
    check = check_slice(data.image, data.rois, data.roi_names)
    assert check.verdict == "fits"
    assert not check.warnings
