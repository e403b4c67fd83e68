"""Tests of what `CNNFeatureExtractor` calls unknown."""

import pickle

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from sklearn_microarch import CNNFeatureExtractor, Patches, SliceImage


@pytest.fixture(scope="module")
def slice_and_labels():
    """Return patches of a smooth and of a rough region, and their names."""
    rng = np.random.default_rng(0)
    data = rng.normal(100, 4, size=(120, 240))
    data[:, 120:] += 12 * np.sign(np.sin(np.arange(120)))
    image = SliceImage(data.clip(0, 255).astype(np.uint8), pixel_size_um=1.0)
    rows, cols = rng.integers(12, 108, 400), rng.integers(12, 228, 400)
    cols = np.where(np.abs(cols - 120) < 12, cols + 24, cols)
    patches = Patches(image, np.column_stack([rows, cols]), 20)
    return patches, np.where(cols < 120, "smooth", "rough")


@pytest.fixture(scope="module")
def fitted(slice_and_labels):
    cnn = CNNFeatureExtractor(
        max_epochs=6, batch_size=32, n_features=16, random_state=0
    )
    return cnn.fit(*slice_and_labels)


@pytest.fixture
def plain(rng):
    """Return an extractor for rows of numbers, and some of three regions."""
    codes = np.repeat([0, 1, 2], 30)
    rows = rng.normal(size=(90, 8)) + 4 * np.eye(8)[codes]
    return CNNFeatureExtractor(max_epochs=3, n_features=8, random_state=0), rows, codes


def test_known_tissue_is_known_and_other_tissue_is_not(fitted, slice_and_labels, rng):
    patches, _ = slice_and_labels
    assert fitted.novelty_calibration_ == "validation"
    found = fitted.novelty(patches)
    assert found.dtype == np.float32
    assert found.shape == (len(patches),)
    assert (found > 1).mean() < 0.2
    waves = 100 + 60 * np.sin(np.arange(20) / 3)[:, None] + rng.normal(0, 4, (20, 20))
    other = np.repeat(waves.clip(0, 255).astype(np.uint8)[None], 8, axis=0)
    assert (fitted.novelty(other) > 1).all()


def test_novelty_from_features_needs_no_second_pass(fitted, slice_and_labels):
    patches, _ = slice_and_labels
    np.testing.assert_array_equal(
        fitted.novelty_from_features(fitted.transform(patches)),
        fitted.novelty(patches),
    )


def test_a_saved_extractor_has_the_same_novelty(fitted, slice_and_labels):
    patches, _ = slice_and_labels
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.novelty(patches), fitted.novelty(patches))
    assert joblib.hash(again) == joblib.hash(fitted)


def test_two_fits_agree(plain):
    cnn, rows, codes = plain
    first = cnn.fit(rows, codes).novelty(rows)
    np.testing.assert_array_equal(clone(cnn).fit(rows, codes).novelty(rows), first)


def test_rows_of_plain_arrays_are_held_out_by_draw(plain):
    cnn, rows, codes = plain
    assert cnn.fit(rows, codes).novelty_calibration_ == "held-out"
    assert (cnn.novelty(rows) > 1).mean() < 0.1
    assert cnn.novelty(rows + 40).min() > 1


def test_a_pair_that_judges_the_training_says_what_is_known(plain):
    cnn, rows, codes = plain
    cnn.set_params(validation=(rows[::2] + 1, codes[::2]))
    cnn.fit(rows[1::2], codes[1::2])
    assert cnn.novelty_calibration_ == "validation"
    assert (cnn.novelty(rows[::2] + 1) > 1).mean() == pytest.approx(0.05, abs=0.03)


@pytest.mark.filterwarnings("ignore::sklearn_microarch.exceptions.DeadUnitsWarning")
@pytest.mark.parametrize("n_each", [1, 2])
def test_of_too_few_rows_to_hold_any_out_the_training_rows_are_known(plain, n_each):
    cnn, rows, codes = plain
    few = np.concatenate([np.flatnonzero(codes == c)[:n_each] for c in (0, 1, 2)])
    cnn.fit(rows[few], codes[few])
    assert cnn.novelty_calibration_ == "training"
    assert np.isfinite(cnn.novelty(rows)).all()


def test_unfitted_or_wrong_input_is_named(fitted):
    with pytest.raises(NotFittedError):
        CNNFeatureExtractor().novelty(np.zeros((3, 20, 20)))
    with pytest.raises(ValueError, match=r"Z has shape \(3, 2\); it must be \(n, 16\)"):
        fitted.novelty_from_features(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="Z holds 1 NaN"):
        fitted.novelty_from_features(np.where(np.eye(16) == 1, [np.nan] + [1] * 15, 0))
