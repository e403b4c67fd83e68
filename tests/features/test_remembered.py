"""Tests of sklearn_microarch.features._remembered, through the extractor's door."""

import pickle

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.validation import check_memory

from sklearn_microarch import CNNFeatureExtractor, Patches, SliceImage
from sklearn_microarch.features import _remembered
from sklearn_microarch.features._remembered import MAX_BYTES, is_remembered


class Watched(CNNFeatureExtractor):
    """Keeps the numbers of rows that passed the network, of all instances."""

    passes: list[int]

    def _evaluate(self, rows, n_columns, function):
        type(self).passes.append(len(rows))
        return super()._evaluate(rows, n_columns, function)


@pytest.fixture(autouse=True)
def passes():
    Watched.passes = []
    return Watched.passes


@pytest.fixture
def rows_and_labels(rng):
    data = rng.integers(0, 256, size=(40, 200)).astype(np.uint8)
    data[:, 100:] //= 4
    positions = np.column_stack([np.full(160, 20), np.arange(16, 176)])
    patches = Patches(SliceImage(data), positions, 14)
    return patches, np.where(positions[:, 1] < 100, "CTX", "VP")


@pytest.fixture
def fitted(rows_and_labels, tmp_path):
    cnn = Watched(
        max_epochs=1,
        n_features=8,
        memory=str(tmp_path / "cache"),
        random_state=0,
    )
    return cnn.fit(*rows_and_labels)


def test_rows_pass_the_network_once_whatever_is_asked(fitted, rows_and_labels, passes):
    patches, labels = rows_and_labels
    first = fitted.transform(patches)
    assert passes == [160]
    np.testing.assert_array_equal(fitted.transform(patches[:]), first)
    probabilities = fitted.predict_proba(patches)
    fitted.predict(patches)
    fitted.score(patches, labels)
    assert passes == [160]
    fitted.set_params(memory=None)
    np.testing.assert_array_equal(fitted.transform(patches), first)
    np.testing.assert_allclose(fitted.predict_proba(patches), probabilities, rtol=1e-6)
    assert passes == [160, 160, 160]


def test_what_is_returned_can_be_changed_without_harm(fitted, rows_and_labels, passes):
    patches, _ = rows_and_labels
    expected = fitted.transform(patches).copy()
    for _ in range(2):
        fitted.transform(patches)[:] = -1
    np.testing.assert_array_equal(fitted.transform(patches), expected)
    assert passes == [160]


def test_a_saved_network_and_a_memory_mapped_slice_are_recognised(
    fitted, rows_and_labels, passes, tmp_path
):
    patches, _ = rows_and_labels
    before = joblib.hash(fitted)
    expected = fitted.transform(patches)
    joblib.dump((fitted, patches), tmp_path / "saved.joblib")
    loaded, rows = joblib.load(tmp_path / "saved.joblib", mmap_mode="r")
    np.testing.assert_array_equal(loaded.transform(rows), expected)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(patches), expected)
    assert passes == [160]
    assert joblib.hash(fitted) == joblib.hash(again) == before


def test_other_rows_pixels_or_weights_are_not_taken_for_the_same(
    fitted, rows_and_labels, passes
):
    patches, labels = rows_and_labels
    features = fitted.transform(patches)
    np.testing.assert_array_equal(fitted.transform(patches[::-1]), features[::-1])
    brighter = patches.images[0].data.copy()
    brighter[20, 90] ^= 255
    other = Patches(SliceImage(brighter), patches.positions, 14)
    assert not np.array_equal(fitted.transform(other), features)
    another = clone(fitted).set_params(random_state=1).fit(patches, labels)
    assert not np.array_equal(another.transform(patches), features)
    assert passes == [160] * 4


def test_arrays_are_remembered_as_lazy_patches_are(fitted, rows_and_labels, passes):
    rows = np.asarray(rows_and_labels[0])
    np.testing.assert_array_equal(fitted.transform(rows), fitted.transform(rows.copy()))
    assert passes == [160]


def test_evaluating_changes_no_attribute(fitted, rows_and_labels):
    patches, _ = rows_and_labels
    fitted.set_params(memory=check_memory(fitted.memory))
    before = set(vars(fitted))
    fitted.transform(patches)
    fitted.transform(patches)
    assert set(vars(fitted)) == before


def test_few_rows_and_mappings_are_not_kept(fitted, rows_and_labels, passes):
    patches, _ = rows_and_labels
    for _ in range(2):
        fitted.transform(patches[:63])
        list(fitted.iter_transform(patches))
    assert passes == [63, 63]
    for _ in range(2):
        fitted.transform(patches[:64])
    assert passes == [63, 63, 64]


def test_what_is_kept_of_one_call_is_bounded(
    fitted, rows_and_labels, passes, monkeypatch
):
    patches, _ = rows_and_labels
    monkeypatch.setattr(_remembered, "MAX_BYTES", 159 * 8 * 4)
    for _ in range(2):
        fitted.transform(patches)
        fitted.transform(patches[:159])
    assert passes == [160, 159, 160]


def test_every_pixel_of_a_slice_is_too_much():
    assert is_remembered("cache", MAX_BYTES // 256, 64)
    assert not is_remembered("cache", MAX_BYTES // 256 + 1, 64)
    assert not is_remembered(None, 1000, 64)


def test_a_memory_that_keeps_nothing_is_allowed(fitted, rows_and_labels, passes):
    fitted.set_params(memory=joblib.Memory(None))
    for _ in range(2):
        fitted.transform(rows_and_labels[0])
    assert passes == [160, 160]


def test_a_memory_that_is_none_is_named(fitted, rows_and_labels, tmp_path):
    patches, labels = rows_and_labels
    with pytest.raises(ValueError, match="'memory' parameter of Watched must be"):
        clone(fitted).set_params(memory=tmp_path).fit(patches, labels)
    with pytest.raises(ValueError, match="'memory' parameter of Watched must be"):
        fitted.set_params(memory=tmp_path).transform(patches)
