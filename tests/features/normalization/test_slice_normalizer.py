"""Slices are brought to one exposure by what their tissue looks like."""

import pickle

import numpy as np
import pytest
from features.normalization.tissues import expose, make_slice

from sklearn_microarch import PatchSampler
from sklearn_microarch.exceptions import NormalizationWarning
from sklearn_microarch.features.normalization._learn_normalizer import learn_normalizer
from sklearn_microarch.images import measure_grey_levels, share_grey_levels


def _learn(slices, codes):
    sampler = PatchSampler(64, n_patches_per_roi=200, tissue=None, random_state=0)
    patches, labels = sampler.sample(slices, codes)
    known = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    return learn_normalizer(patches, np.arange(len(patches)), known)


def _levels(normalizer, image):
    """Return the grey levels of tissue, brought to the exposure of the fit."""
    profiles = normalizer.profiles(image)
    gain = profiles.rows[0][:, None] * profiles.cols[0]
    return ((image.data - profiles.offset[0]) / gain)[60:-60]


@pytest.fixture(scope="module")
def known():
    """Return a slice, its codes, and what was learned from it."""
    image, codes = make_slice(0)
    return image, codes, _learn([image], [codes])


@pytest.mark.parametrize(
    "change",
    [{"gain": 0.7}, {"gain": 1.3, "offset": -20}, {"offset": 30}, {"rows": 0.3}],
)
def test_the_same_pixels_become_the_same_levels(known, change):
    image, _, normalizer = known
    plain, changed = (
        _levels(normalizer, one) for one in (image, expose(image, **change))
    )
    assert np.abs(changed - plain).mean() < 5


@pytest.mark.parametrize(
    "change", [{"gain": 0.8}, {"gain": 1.2}, {"offset": -25}, {"offset": 25}]
)
@pytest.mark.parametrize("box", [np.s_[:, :], np.s_[:, :700]])
def test_gain_and_offset_leave_nothing_in_the_levels(known, box, change):
    image, _, normalizer = known
    part = image.replace(data=image.data[box])
    plain, changed = (
        _levels(normalizer, one) for one in (part, expose(part, **change))
    )
    assert np.abs(changed - plain).max() <= 1e-5 * np.abs(plain).max()


@pytest.mark.parametrize("shares", [(3, 1, 1), (1, 3, 1), (1, 1, 3)])
def test_what_a_slice_shows_is_not_taken_for_its_exposure(known, shares):
    """As it is by a mean and a deviation, which other shares of tissue move."""
    image, _, normalizer = known
    other, _ = make_slice(1, shares=shares)
    usual, tissue = image.data[60:-60], other.data[60:-60]
    scaled = (tissue - tissue.mean()) / tissue.std() * usual.std() + usual.mean()
    off = np.abs(_levels(normalizer, other) - tissue).mean()
    assert off < 0.7 * np.abs(scaled - tissue).mean()
    assert off < 6


def test_slices_of_other_exposures_are_learned_as_one():
    (first, codes), (second, others) = make_slice(0), make_slice(1)
    darker = expose(second, gain=0.6, offset=10)
    normalizer = _learn([first, darker], [codes, others])
    gains = [normalizer.exposure(one).gain[0] for one in (first, darker)]
    assert gains[1] / gains[0] == pytest.approx(0.6, rel=0.06)
    means = [
        [_levels(normalizer, image)[code[60:-60] == kind].mean() for kind in (1, 2, 3)]
        for image, code in ((first, codes), (darker, others))
    ]
    np.testing.assert_allclose(means[0], means[1], atol=4)


def test_sixteen_bits_are_another_exposure(known):
    image, _, normalizer = known
    wide = image.replace(data=np.rint(257 * image.data).clip(0, 65535).astype("uint16"))
    assert normalizer.exposure(wide).gain[0] == pytest.approx(257, rel=0.05)


def test_an_exposure_is_estimated_once_and_survives_pickling(known):
    image, _, normalizer = known
    found = normalizer.exposure(image)
    assert normalizer.exposure(image) is found
    loaded = pickle.loads(pickle.dumps(normalizer))
    assert loaded.fingerprint == normalizer.fingerprint
    again = loaded.exposure(make_slice(0)[0])
    np.testing.assert_array_equal(again.gain, found.gain)
    np.testing.assert_array_equal(again.coefficients, found.coefficients)


def test_a_crop_with_the_levels_of_its_slice_is_exposed_like_it(known):
    image, _, normalizer = known
    crop = image.replace(
        data=image.data[64:320, 200:500],
        crop=(64, 200),
        grey_levels=measure_grey_levels(image),
    )
    whole, part = normalizer.profiles(image), normalizer.profiles(crop)
    np.testing.assert_array_equal(part.rows, whole.rows[:, 64:320])
    np.testing.assert_array_equal(part.cols, whole.cols[:, 200:500])


def test_a_group_has_one_gain(known):
    _, _, normalizer = known
    slices = [
        make_slice(seed, shares=shares)[0]
        for seed, shares in ((3, (4, 1, 1)), (4, (1, 1, 4)))
    ]
    together = share_grey_levels([expose(one, gain=0.8) for one in slices])
    gains = [normalizer.exposure(one).gain[0] for one in together]
    assert gains[0] == gains[1] == pytest.approx(0.8, rel=0.05)


def test_little_tissue_is_said_and_taken_as_it_is(known):
    image, _, normalizer = known
    crop = image.replace(data=image.data[100:200, :200], name="corner")
    with pytest.warns(NormalizationWarning, match="image 'corner' of shape"):
        exposure = normalizer.exposure(crop)
    assert exposure.gain[0] == 1
    assert exposure.offset[0] == 0
    assert not exposure.is_estimated
    assert "not estimated" in repr(exposure)


def test_tiny_slices_teach_nothing():
    image, codes = make_slice(0)
    small = image.replace(data=image.data[100:260, 400:700])
    assert _learn([small], [codes[100:260, 400:700]]) is None


def test_two_channels_are_exposed_each_by_itself():
    image, codes = make_slice(0)
    both = image.replace(data=np.stack([image.data, 0.5 * image.data + 10]))
    normalizer = _learn([both], [codes])
    again = both.replace(data=both.data * np.float32([0.8, 1.2])[:, None, None])
    exposure = normalizer.exposure(again)
    np.testing.assert_allclose(exposure.gain, [0.8, 1.2], rtol=0.05)
    assert len(exposure.shading) == 2


def test_tissue_without_labels_that_looks_like_a_region_is_no_kind_of_its_own():
    image, codes = make_slice(0)
    upper = codes.copy()
    upper[280:] = 0
    normalizer = _learn([image], [upper])
    whole = _learn([image], [codes])
    assert set(normalizer.templates[0].kinds) <= set(whole.templates[0].kinds)
    moved = _levels(normalizer, image) - _levels(whole, image)
    assert np.abs(moved).mean() < 3


def test_shading_that_the_slices_of_the_fit_have_is_left_to_the_network():
    image, codes = make_slice(0)
    shaded = expose(image, rows=0.3)
    normalizer = _learn([shaded], [codes])
    seen, given = _levels(normalizer, shaded), shaded.data[60:-60]
    rim, middle = np.s_[:40], np.s_[180:220]
    ratio = given[rim].mean() / given[middle].mean()
    assert ratio > 1.1
    assert seen[rim].mean() / seen[middle].mean() == pytest.approx(ratio, abs=0.05)
