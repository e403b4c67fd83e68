"""Tests of sklearn_microarch.decomposition._stability_of_components."""

import numpy as np
import pytest

from sklearn_microarch.decomposition import stability_of_components
from sklearn_microarch.decomposition._stability_of_components import matched_cosine


@pytest.fixture(name="X", scope="module")
def _rows():
    """Return rows of four parts, with noise on every entry."""
    rng = np.random.default_rng(0)
    X = rng.gamma(0.5, size=(300, 4)) @ rng.gamma(0.5, size=(4, 24))
    return np.maximum(X + 0.3 * rng.normal(size=X.shape), 0.0)


@pytest.fixture(scope="module")
def stability(X):
    return stability_of_components(X, [8, 2, 4], n_init=3, random_state=0)


def test_every_curve_has_a_row_for_each_number(stability):
    assert stability.n_components.tolist() == [2, 4, 8]
    for curves in (stability.observed, stability.null):
        assert curves.reproducibility.shape == (3, 3)
        assert curves.reconstruction_error.shape == (3, 3)
        assert curves.held_out_error.shape == (3, 4)
        for values in vars(curves).values():
            assert ((values >= 0) & (values <= 2)).all()


def test_the_true_number_is_found_again_and_predicts_best(stability):
    held_out = stability.observed.held_out_error.mean(axis=1)
    assert stability.n_components[held_out.argmin()] == 4
    assert stability.observed.reproducibility[1].min() > 0.99
    reproducibility = stability.observed.reproducibility.mean(axis=1)
    assert reproducibility[2] < reproducibility[1]


def test_permuted_columns_predict_nothing(stability):
    """More components than one make it worse, where in the data they help."""
    assert (stability.null.held_out_error.mean(axis=1)[1:] > 0.7).all()
    assert stability.observed.held_out_error.mean(axis=1)[1] < 0.3
    errors = stability.observed.reconstruction_error.mean(axis=1)
    assert (errors < stability.null.reconstruction_error.mean(axis=1)).all()
    assert (np.diff(errors) < 0).all()


def test_the_same_seed_gives_the_same_curves(X):
    one, two = (
        stability_of_components(X, [2], n_init=2, max_samples=100, random_state=3)
        for _ in "ab"
    )
    np.testing.assert_array_equal(
        one.observed.held_out_error, two.observed.held_out_error
    )
    np.testing.assert_array_equal(one.null.reproducibility, two.null.reproducibility)


def test_zero_rows_and_columns_and_the_scale_do_not_count(X):
    padded = np.zeros((350, 30))
    padded[:300, :24] = 1e200 * X
    settings = {"n_init": 2, "max_samples": None, "random_state": 0}
    expected = stability_of_components(X, [2], **settings).observed
    found = stability_of_components(padded, [2], **settings).observed
    np.testing.assert_allclose(found.held_out_error, expected.held_out_error)


def test_matching_is_blind_to_order(rng):
    components = rng.uniform(size=(5, 9))
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    shuffled = components[rng.permutation(5)]
    assert matched_cosine(components, shuffled) == pytest.approx(1.0)
    assert matched_cosine(np.eye(4)[:2], np.eye(4)[2:]) == 0.0


@pytest.mark.parametrize(
    "settings, error, words",
    [
        ({"ks": []}, ValueError, "at least one number, and each once"),
        ({"ks": [2, 2]}, ValueError, "at least one number, and each once"),
        ({"ks": [2.0]}, TypeError, "must hold integers only"),
        ({"ks": [0, 2]}, ValueError, "must be from 1 to 12"),
        (
            {"ks": [13]},
            ValueError,
            r"must be from 1 to 12, .* fewer components or more",
        ),
        ({"n_init": 1}, ValueError, "n_init=1 must be at least 2"),
        ({"n_folds": 1}, ValueError, "n_folds=1 must be at least 2"),
        ({"X": [[-1.0, 2.0]]}, ValueError, "Negative values"),
        ({"X": [[np.nan, 2.0]]}, ValueError, "Input X contains NaN"),
        ({"X": np.zeros((9, 4))}, ValueError, "must be from 1 to 0"),
        ({"X": [1.0, 2.0]}, ValueError, "Expected 2D array"),
    ],
)
def test_bad_arguments_are_named(X, settings, error, words):
    with pytest.raises(error, match=words):
        stability_of_components(**{"X": X, "ks": [2], **settings})
