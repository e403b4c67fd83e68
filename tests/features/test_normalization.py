"""What a network sees of a slice: the same numbers however its patches came about."""

import pickle

import numpy as np
import pytest
from features.normalization.tissues import expose, make_slice

from sklearn_microarch import CNNFeatureExtractor, PatchSampler
from sklearn_microarch.exceptions import NormalizationWarning
from sklearn_microarch.sampling import Patches

SIZE = 32


def _sampler(**settings):
    return PatchSampler(
        SIZE, n_patches_per_roi=60, tissue=None, random_state=0, **settings
    )


def _fit(image, codes, **settings):
    cnn = CNNFeatureExtractor(max_epochs=2, n_features=16, random_state=0, **settings)
    return cnn.fit(*_sampler().sample(image, codes))


@pytest.fixture(scope="module")
def fitted():
    """Return a slice, its codes, and a network fitted on it."""
    image, codes = make_slice(0)
    return image, codes, _fit(image, codes)


@pytest.fixture(scope="module")
def new_slice():
    """Return a slice that was exposed otherwise."""
    return expose(make_slice(1)[0], gain=0.7, offset=15, rows=0.2)


def _block(image, border="drop"):
    rows, cols = np.meshgrid(np.arange(200, 240), np.arange(500, 560), indexing="ij")
    return Patches(
        image, np.column_stack([rows.ravel(), cols.ravel()]), SIZE, border=border
    )


@pytest.mark.parametrize("border", ["drop", "constant", "reflect"])
def test_together_and_one_by_one_give_the_same_features(fitted, new_slice, border):
    cnn = fitted[2]
    rows = _block(new_slice, border)
    if border != "drop":
        rows = Patches(
            new_slice, rows.positions[:, 1:] - [200, 500], SIZE, border=border
        )
    together = pickle.loads(pickle.dumps(cnn)).set_params(dense=True).transform(rows)
    alone = pickle.loads(pickle.dumps(cnn)).set_params(dense=False).transform(rows)
    assert np.abs(together - alone).max() <= 1e-5 * np.abs(alone).max()


def test_sampled_hand_made_and_unpickled_patches_agree_to_the_bit(fitted, new_slice):
    cnn = fitted[2]
    sampled, _ = _sampler().sample(new_slice, make_slice(1)[1])
    by_hand = Patches(new_slice.replace(name="by hand"), sampled.positions[:, 1:], SIZE)
    expected = cnn.transform(sampled)
    np.testing.assert_array_equal(cnn.transform(by_hand), expected)
    loaded = pickle.loads(pickle.dumps(sampled))
    np.testing.assert_array_equal(cnn.transform(loaded), expected)
    np.testing.assert_array_equal(cnn.transform(sampled.take(slice(7))), expected[:7])


def test_a_mask_and_a_memory_limit_change_no_bit(fitted, new_slice):
    cnn, rows = fitted[2], _block(new_slice)
    some = rows.take(np.arange(0, len(rows), 3))

    def collect(patches, max_memory=None):
        out = np.empty((len(patches), 16), dtype=np.float32)
        for at, features in cnn.iter_transform(patches, step=1, max_memory=max_memory):
            out[at] = features
        return out

    whole = collect(rows)
    np.testing.assert_array_equal(collect(some), whole[::3])
    np.testing.assert_array_equal(collect(rows, max_memory=1), whole)


@pytest.mark.parametrize(
    "change",
    [
        {"gain": 0.8},
        {"gain": 1.2},
        {"offset": -25},
        {"offset": 25},
        {"gain": 0.6, "offset": 20},
    ],
)
def test_gain_and_offset_leave_nothing_in_the_features(fitted, change):
    image, codes, cnn = fitted
    rows, _ = _sampler().sample(image, codes)
    changed = Patches(expose(image, **change), rows.positions[:, 1:], SIZE)
    plain = cnn.transform(rows)
    off = np.abs(cnn.transform(changed) - plain).max()
    assert off <= 1e-5 * np.abs(plain).max()


def test_without_normalization_by_slice_an_exposure_moves_features(fitted):
    image, codes, _ = fitted
    rows, _ = _sampler().sample(image, codes)
    darker = Patches(expose(image, gain=0.6, offset=20), rows.positions[:, 1:], SIZE)
    plain = _fit(image, codes, normalization="train")
    moved = np.abs(plain.transform(darker) - plain.transform(rows)).mean()
    assert moved > 0.05 * np.abs(plain.transform(rows)).mean()


def test_another_dtype_is_another_exposure(fitted):
    image, codes, cnn = fitted
    rows, _ = _sampler().sample(image, codes)
    wide = image.replace(data=np.rint(image.data.clip(0) * 100).astype(np.uint16))
    again = Patches(wide, rows.positions[:, 1:], SIZE)
    assert np.mean(cnn.predict(again) == cnn.predict(rows)) > 0.95


def test_plain_arrays_are_taken_as_exposed_like_the_slices_of_the_fit(fitted):
    image, codes, cnn = fitted
    rows, _ = _sampler().sample(image, codes)
    # What the slice's own small shading is has been removed of the patches alone.
    same = cnn.predict(np.asarray(rows)) == cnn.predict(rows)
    assert same.mean() > 0.9
    with pytest.raises(TypeError, match="patches of dtype"):
        cnn.predict(np.asarray(rows).astype(np.float64))


def test_what_was_learned_is_saved_with_the_network(fitted, new_slice):
    cnn = fitted[2]
    loaded = pickle.loads(pickle.dumps(cnn))
    rows = _block(new_slice)
    np.testing.assert_array_equal(loaded.transform(rows), cnn.transform(rows))
    assert loaded.exposure(new_slice).gain == cnn.exposure(new_slice).gain


def test_exposure_tells_what_is_removed(fitted, new_slice):
    found = fitted[2].exposure(new_slice)
    assert found.gain[0] == pytest.approx(0.7, rel=0.08)
    # Of a field that was planted at 20 %, what stands against the usual is less.
    assert 0.02 < found.shading[0] < 0.4
    plain = _fit(*fitted[:2], normalization="train").exposure(new_slice)
    assert plain.gain[0] == 1
    assert not plain.is_estimated


def test_by_range_grey_levels_lie_between_0_and_1(rng):
    patches = rng.integers(0, 200, size=(40, 16, 16)).astype(np.uint8)
    regions = np.repeat([1, 2], 20)
    cnn = CNNFeatureExtractor(
        max_epochs=1, normalization="range", augment=False, random_state=0
    ).fit(patches, regions)
    assert cnn.weights_["std"].ravel().tolist() == [255]
    wide = cnn.fit(patches.astype(np.uint16) * 10, regions)
    assert wide.weights_["std"].ravel().tolist() == [10 * int(patches.max())]
    assert wide.weights_["mean"].ravel().tolist() == [0]


def test_slices_too_small_to_normalize_are_said_once_in_the_fit():
    image, codes = make_slice(0)
    part = np.s_[200:300, 450:600]
    small = image.replace(data=image.data[part])
    with pytest.warns(NormalizationWarning, match="are not normalized"):
        cnn = _fit(small, codes[part], validation=None)
    assert cnn.exposure(small).gain[0] == 1
