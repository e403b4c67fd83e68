"""Tests of sklearn_microarch.decomposition._nmf_embedder."""

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils._param_validation import InvalidParameterError

from sklearn_microarch.decomposition import NMFEmbedder


def low_rank_and_noise(rng):
    mixed = rng.gamma(1.0, size=(1500, 8)) @ rng.gamma(1.0, size=(8, 40))
    return mixed + 0.5 * np.abs(rng.normal(size=(1500, 40))), 8


def sparse_parts(rng):
    loadings = rng.gamma(1.0, size=(1500, 10)) * (rng.uniform(size=(1500, 10)) < 0.3)
    parts = rng.gamma(1.0, size=(10, 64)) * (rng.uniform(size=(10, 64)) < 0.4)
    return loadings @ parts + 0.1 * rng.uniform(size=(1500, 64)), 10


def rectified_features(rng):
    """Return what a last hidden layer gives: low-dimensional, half of it zero."""
    signal = rng.normal(size=(1500, 6)) @ rng.normal(size=(6, 64))
    noise = 0.3 * rng.normal(size=(1500, 64))
    features = np.maximum(0.0, signal + noise - 0.5)
    features[:, rng.choice(64, size=13, replace=False)] = 0.0
    return features, 15


@pytest.fixture(name="X")
def _rows(rng):
    """Return 300 rows of 12 features; 2 of them are dead."""
    rows = rng.gamma(0.5, size=(300, 5)) @ rng.gamma(0.5, size=(5, 12))
    rows += 0.2 * rng.uniform(size=rows.shape)
    rows[:, [3, 8]] = 0.0
    return rows


@pytest.fixture
def embedder(X):
    return NMFEmbedder(4, random_state=0).fit(X)


@pytest.mark.filterwarnings("ignore:Maximum number of iterations 200 reached")
@pytest.mark.parametrize("make", [low_rank_and_noise, sparse_parts, rectified_features])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_error_is_no_larger_than_scikit_learns(make, seed):
    """Local minima differ: a thousandth is allowed for an unlucky one."""
    X, n_components = make(np.random.default_rng(seed))
    ours = NMFEmbedder(n_components, random_state=0).fit(X)
    theirs = NMF(n_components, init="nndsvda", solver="cd", tol=1e-4, max_iter=200)
    theirs.fit(X)
    assert ours.reconstruction_err_ <= 1.001 * theirs.reconstruction_err_


def test_fit_transform_and_transform_give_the_same_bits(X):
    for rows in (X, X.astype(np.float32), np.asfortranarray(X)):
        embedder = NMFEmbedder(4, random_state=0)
        together = embedder.fit_transform(rows)
        np.testing.assert_array_equal(embedder.transform(rows), together)
        np.testing.assert_array_equal(embedder.transform(rows[7:8]), together[7:8])


def test_components_are_unit_and_by_descending_energy(embedder, X):
    np.testing.assert_allclose(np.linalg.norm(embedder.components_, axis=1), 1.0)
    assert (embedder.components_ >= 0).all()
    energies = (embedder.transform(X) ** 2).sum(axis=0)
    assert (np.diff(energies) <= 0).all()


def test_dead_features_have_no_part_in_any_component(embedder):
    assert (embedder.components_[:, [3, 8]] == 0).all()


def test_the_reconstruction_error_is_that_of_inverse_transform(embedder, X):
    rebuilt = embedder.inverse_transform(embedder.transform(X))
    assert rebuilt.shape == X.shape
    expected = np.linalg.norm(X - rebuilt)
    assert embedder.reconstruction_err_ == pytest.approx(expected)


def test_single_precision_stays_single(X):
    rows = X.astype(np.float32)
    embedder = NMFEmbedder(4, random_state=0).fit(rows)
    assert embedder.components_.dtype == np.float32
    assert embedder.transform(rows).dtype == np.float32
    assert embedder.inverse_transform(embedder.transform(rows)).dtype == np.float32
    double = NMFEmbedder(4, random_state=0).fit(rows.astype(np.float64))
    np.testing.assert_allclose(embedder.components_, double.components_, atol=1e-2)
    assert embedder.reconstruction_err_ == pytest.approx(
        double.reconstruction_err_, rel=1e-4
    )


def test_a_sample_of_the_rows_serves_nearly_as_well(X):
    full = NMFEmbedder(4, max_samples=None, random_state=0).fit(X)
    part = NMFEmbedder(4, max_samples=150, random_state=0).fit(X)
    assert full.reconstruction_err_ < part.reconstruction_err_
    assert part.reconstruction_err_ < 1.1 * full.reconstruction_err_


def test_the_same_seed_gives_the_same_components(X):
    one, two = (NMFEmbedder(4, max_samples=200, random_state=3).fit(X) for _ in "ab")
    np.testing.assert_array_equal(one.components_, two.components_)


def test_output_columns_are_named_after_the_estimator(embedder, X):
    frame = NMFEmbedder(2, random_state=0).set_output(transform="pandas")
    assert frame.fit_transform(X).columns.tolist() == ["nmfembedder0", "nmfembedder1"]
    assert len(embedder.get_feature_names_out()) == 4


def test_a_failed_refit_leaves_the_earlier_fit_whole(X):
    frame = pd.DataFrame(X).add_prefix("unit")
    embedder = NMFEmbedder(4, random_state=0).fit(frame)
    before, state = embedder.transform(frame), set(vars(embedder))
    other = pd.DataFrame(X[:, :7]).add_prefix("pixel")
    with pytest.raises(ValueError, match="Negative values"):
        embedder.fit(-other)
    with pytest.raises(ValueError, match="max_samples=1 must be at least"):
        embedder.set_params(max_samples=1).fit(other)
    embedder.set_params(max_samples=None, max_iter=1, n_init=1)
    with pytest.raises(ConvergenceWarning):
        embedder.fit(other)
    assert set(vars(embedder)) == state
    np.testing.assert_array_equal(embedder.transform(frame), before)


def test_batches_of_rows_are_learned_one_by_one(X):
    embedder = NMFEmbedder(4, random_state=0)
    for start in range(0, 300, 100):
        assert embedder.partial_fit(X[start : start + 100]) is embedder
    assert embedder.n_samples_seen_ == 300
    together = NMFEmbedder(4, random_state=0).fit(X)
    loadings = embedder.transform(X)
    error = np.linalg.norm(X - embedder.inverse_transform(loadings))
    assert error < 1.1 * together.reconstruction_err_


def test_the_first_batch_is_fitted_and_a_fit_can_be_continued(X):
    one, other = (NMFEmbedder(4, random_state=0) for _ in "ab")
    one.partial_fit(X[:200]).partial_fit(X[200:])
    other.fit(X[:200]).partial_fit(X[200:])
    np.testing.assert_array_equal(one.components_, other.components_)
    assert one.reconstruction_err_ == other.reconstruction_err_
    other.fit(X)
    assert other.n_samples_seen_ == 300


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda X: X - 1.0, "Negative values in data passed to NMFEmbedder.partial"),
        (lambda X: np.where(X > 1, np.nan, X), "Input X contains NaN"),
        (lambda X: X[:, :5], "X has 5 features, but NMFEmbedder is expecting 12"),
    ],
)
def test_a_bad_batch_leaves_the_fit_as_it_was(spoil, words, X):
    embedder = NMFEmbedder(4, random_state=0).partial_fit(X)
    before = embedder.transform(X)
    with pytest.raises(ValueError, match=words):
        embedder.partial_fit(spoil(X))
    np.testing.assert_array_equal(embedder.transform(X), before)
    assert embedder.n_samples_seen_ == 300


@pytest.mark.parametrize("max_samples", [None, 150])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_device_of_torch_gives_the_same_embedding(X, dtype, max_samples):
    rows = X.astype(dtype)
    one, other = (
        NMFEmbedder(4, max_samples=max_samples, device=device, random_state=0)
        for device in ("cpu", "cpu:0")
    )
    expected, loadings = one.fit_transform(rows), other.fit_transform(rows)
    assert loadings.dtype == dtype
    np.testing.assert_allclose(other.components_, one.components_, atol=1e-6)
    np.testing.assert_allclose(loadings, expected, atol=1e-6 * expected.max())
    np.testing.assert_array_equal(loadings > 0, expected > 0)
    assert other.reconstruction_err_ == pytest.approx(one.reconstruction_err_, rel=1e-9)
    np.testing.assert_array_equal(other.transform(rows), loadings)
    np.testing.assert_array_equal(other.transform(rows[7:8]), loadings[7:8])
    for embedder in (one, other):
        embedder.partial_fit(rows[:50])
    np.testing.assert_allclose(other.components_, one.components_, atol=1e-6)


def test_a_fit_is_used_on_any_device_and_keeps_none(embedder, X):
    expected = embedder.transform(X)
    copied = joblib.hash(clone(embedder).set_params(device="cpu:0").fit(X))
    elsewhere = clone(embedder).set_params(device="cpu:0").fit(X)
    elsewhere.transform(X)
    assert joblib.hash(elsewhere) == copied
    np.testing.assert_allclose(
        embedder.set_params(device="cpu:0").transform(X), expected, rtol=1e-9
    )


@pytest.mark.parametrize("method", ["fit", "fit_transform", "partial_fit", "transform"])
def test_a_device_that_does_not_exist_is_an_error(method, embedder, X):
    before = embedder.transform(X)
    embedder.set_params(device="cuda:97")
    with pytest.raises(ValueError, match="device='cuda:97' cannot be used"):
        getattr(embedder, method)(X)
    embedder.set_params(device="cpu")
    np.testing.assert_array_equal(embedder.transform(X), before)


def test_a_joblib_round_trip_changes_nothing(tmp_path, embedder, X):
    joblib.dump(embedder, tmp_path / "embedder.joblib")
    loaded = joblib.load(tmp_path / "embedder.joblib")
    np.testing.assert_array_equal(loaded.transform(X), embedder.transform(X))
    assert joblib.hash(loaded) == joblib.hash(embedder)


@pytest.mark.parametrize(
    "settings",
    [
        {"n_components": 0},
        {"n_components": 2.0},
        {"n_init": 0},
        {"max_iter": 0},
        {"tol": -1e-3},
        {"tol": np.nan},
        {"max_samples": 0},
        {"device": None},
        {"random_state": "seed"},
    ],
)
def test_a_bad_parameter_is_named(settings, X):
    with pytest.raises(InvalidParameterError, match=f"The '{next(iter(settings))}'"):
        NMFEmbedder(**settings).fit(X)


@pytest.mark.parametrize("method", ["fit", "fit_transform", "transform"])
@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda X: X - 1.0, "Negative values in data passed to NMFEmbedder"),
        (lambda X: np.where(X > 1, np.nan, X), "Input X contains NaN"),
        (lambda X: np.where(X > 1, np.inf, X), "Input X contains infinity"),
        (lambda X: X[:, 0], "Expected 2D array"),
        (lambda X: X[:, :, np.newaxis], "Found array with dim 3"),
        (lambda X: X[:0], r"0 sample\(s\)"),
    ],
)
def test_bad_rows_are_an_error_that_says_so(method, spoil, words, embedder, X):
    with pytest.raises(ValueError, match=words):
        getattr(embedder, method)(spoil(X))


def test_other_features_than_in_fit_are_an_error(embedder, X):
    with pytest.raises(ValueError, match="X has 5 features, but NMFEmbedder is expect"):
        embedder.transform(X[:, :5])
    with pytest.raises(ValueError, match="X has 5 columns, but there are 4 components"):
        embedder.inverse_transform(X[:, :5])


def test_loadings_come_as_a_data_frame_where_asked(embedder, X):
    frame = embedder.set_output(transform="pandas").transform(X)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == embedder.get_feature_names_out().tolist()
