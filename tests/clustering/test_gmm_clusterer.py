"""Tests of sklearn_microarch.clustering._gmm_clusterer."""

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from sklearn.utils._param_validation import InvalidParameterError

from sklearn_microarch.clustering import GMMClusterer
from sklearn_microarch.exceptions import SingularCovarianceError

GROUP_SIZES = (90, 40, 170, 60)


@pytest.fixture
def loadings(rng):
    """Return four groups of loadings on five factors, with exact zeros."""
    centres = np.repeat(rng.gamma(1.0, 3.0, size=(4, 5)), GROUP_SIZES, axis=0)
    rows = np.maximum(0.0, centres + 0.4 * rng.normal(size=centres.shape))
    rows[:90, 2] = 0.0
    return rows


@pytest.fixture
def groups():
    return np.repeat(np.arange(4), GROUP_SIZES)


def test_clusters_come_by_descending_weight_everywhere(loadings, groups):
    clusterer = GMMClusterer(random_state=0).fit(loadings)
    expected = np.argsort(np.argsort(-np.array(GROUP_SIZES)))[groups]
    np.testing.assert_array_equal(clusterer.labels_, expected)
    np.testing.assert_array_equal(clusterer.predict(loadings), expected)
    np.testing.assert_array_equal(clusterer.transform(loadings).argmax(1), expected)
    np.testing.assert_allclose(clusterer.weights_, [170, 90, 60, 40] / np.sum(360))
    for cluster in range(4):
        mean = loadings[expected == cluster].mean(axis=0)
        np.testing.assert_allclose(clusterer.means_[cluster], mean, atol=1e-9)


def test_transform_is_predict_proba_and_sums_to_one(loadings):
    clusterer = GMMClusterer(random_state=0).fit(loadings)
    posteriors = clusterer.transform(loadings)
    np.testing.assert_array_equal(posteriors, clusterer.predict_proba(loadings))
    np.testing.assert_allclose(posteriors.sum(axis=1), 1.0)
    assert clusterer.get_feature_names_out().tolist() == [
        f"gmmclusterer{index}" for index in range(4)
    ]


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_the_mixture_is_the_one_scikit_learn_fits(loadings, covariance_type):
    clusterer = GMMClusterer(covariance_type=covariance_type, random_state=0)
    clusterer.set_params(tol=1e-9, shrinkage=0).fit(loadings)
    reference = GaussianMixture(
        4,
        covariance_type=covariance_type,
        tol=1e-9,
        max_iter=500,
        n_init=3,
        reg_covar=1e-3 * loadings.var(axis=0).mean(),
        random_state=0,
    ).fit(loadings)
    order = np.argsort(-reference.weights_)
    np.testing.assert_allclose(clusterer.weights_, reference.weights_[order], rtol=1e-4)
    np.testing.assert_allclose(clusterer.means_, reference.means_[order], atol=1e-3)
    assert clusterer.covariances_.shape == reference.covariances_.shape
    np.testing.assert_allclose(
        clusterer.score_samples(loadings), reference.score_samples(loadings), atol=1e-3
    )
    assert clusterer.bic(loadings) == pytest.approx(reference.bic(loadings))
    assert clusterer.aic(loadings) == pytest.approx(reference.aic(loadings))


def test_each_covariance_is_moved_towards_that_of_all(loadings):
    """At the end, what a pass makes of the posteriors is what it started from."""
    clusterer = GMMClusterer(3, shrinkage=0.6, reg_covar=0, tol=1e-12, random_state=0)
    clusterer.set_params(max_iter=2000).fit(loadings)
    posteriors = clusterer.transform(loadings)
    own = np.array([np.cov(loadings.T, aweights=p, ddof=0) for p in posteriors.T])
    pooled = np.einsum("c,cij->ij", posteriors.mean(axis=0), own)
    np.testing.assert_allclose(
        clusterer.covariances_, 0.4 * own + 0.6 * pooled, rtol=1e-3, atol=1e-4
    )


def test_all_of_it_is_one_covariance_for_all(loadings):
    settings = {"tol": 1e-9, "random_state": 0}
    whole = GMMClusterer(3, shrinkage=1, **settings).fit(loadings)
    tied = GMMClusterer(3, covariance_type="tied", **settings).fit(loadings)
    np.testing.assert_allclose(
        whole.covariances_,
        np.broadcast_to(tied.covariances_, (3, *tied.covariances_.shape)),
        rtol=1e-6,
    )
    np.testing.assert_array_equal(whole.labels_, tied.labels_)


@pytest.mark.parametrize("seed", range(3))
def test_clusters_differ_by_how_large_loadings_are_before_which_are_zero(seed):
    """Half of the rows lack a factor by accident; what is sought is in another."""
    rng = np.random.default_rng(seed)
    large = rng.permutation(np.repeat([0, 2], 2000))
    wanted = large + rng.gamma(4.0, 0.25, size=4000)
    other = rng.exponential(size=4000) * (rng.uniform(size=4000) > 0.5)
    loadings = np.column_stack([wanted, other])
    found, free = (
        GMMClusterer(2, random_state=0, **settings).fit(loadings).score(loadings, large)
        for settings in ({}, {"shrinkage": 0})
    )
    assert found > 0.8
    assert found > free + 0.03


def test_the_criteria_find_the_number_of_groups(loadings):
    fits = {k: GMMClusterer(k, random_state=0).fit(loadings) for k in (2, 3, 4, 5, 6)}
    assert min(fits, key=lambda k: fits[k].bic(loadings)) == 4
    assert fits[6].aic(loadings) < fits[2].aic(loadings)


def test_score_compares_clusters_with_annotated_regions(loadings, groups):
    names = np.array(["CTX", "VP", "ZI", ""])[groups]
    clusterer = GMMClusterer(unannotated=-1, random_state=0).fit(loadings)
    assert clusterer.score(loadings, names) == pytest.approx(1.0)
    spoilt = clusterer.set_params(unannotated=None)
    assert spoilt.score(loadings, np.where(groups == 3, "VP", names)) < 0.95


def test_score_without_regions_is_an_error_that_names_the_alternative(loadings):
    clusterer = GMMClusterer(random_state=0).fit(loadings)
    with pytest.raises(ValueError, match=r"y is None.*use score_samples, bic or aic"):
        clusterer.score(loadings)


def test_the_scale_of_the_loadings_does_not_matter(loadings):
    labels = GMMClusterer(random_state=0).fit(loadings).labels_
    for scale in (1e-6, 1e6):
        scaled = GMMClusterer(random_state=0).fit(scale * loadings)
        np.testing.assert_array_equal(scaled.labels_, labels)


def test_a_factor_of_exact_zeros_in_a_cluster_is_no_singularity(loadings):
    """Without regularization the first group's covariance is singular."""
    clusterer = GMMClusterer(random_state=0).fit(loadings)
    smallest = np.linalg.eigvalsh(clusterer.covariances_).min()
    assert smallest > 0.9e-3 * loadings.var(axis=0).mean()
    with pytest.raises(
        SingularCovarianceError, match="ill-defined empirical covariance"
    ):
        clusterer.set_params(reg_covar=0.0).fit(loadings)


def test_a_rows_label_does_not_depend_on_its_batch(rng):
    overlapping = rng.gamma(1.0, size=(4000, 6)) * (rng.uniform(size=(4000, 6)) > 0.5)
    clusterer = GMMClusterer(random_state=0, tol=1e-2).fit(overlapping)
    labels, posteriors = (
        clusterer.predict(overlapping),
        clusterer.transform(overlapping),
    )
    for size in (1, 2, 7, 50, 999):
        batch = rng.choice(4000, size=size, replace=False)
        np.testing.assert_array_equal(
            clusterer.predict(overlapping[batch]), labels[batch]
        )
        np.testing.assert_array_equal(
            clusterer.transform(overlapping[batch]), posteriors[batch]
        )


def test_float32_rows_are_clustered_in_float64(loadings):
    single = loadings.astype(np.float32)
    clusterer = GMMClusterer(random_state=0).fit(single)
    double = GMMClusterer(random_state=0).fit(single.astype(np.float64))
    assert clusterer.means_.dtype == clusterer.transform(single).dtype == np.float64
    np.testing.assert_array_equal(clusterer.means_, double.means_)
    np.testing.assert_array_equal(clusterer.labels_, double.labels_)


def test_a_sample_of_the_rows_labels_all_of_them(loadings, groups):
    clusterer = GMMClusterer(max_samples=120, random_state=0).fit(loadings)
    assert clusterer.labels_.shape == (360,)
    assert clusterer.score(loadings, groups) > 0.98


def test_memory_maps_strides_and_other_dtypes_give_the_same_fit(tmp_path, rng):
    rows = rng.integers(0, 9, size=(400, 3)).astype(np.uint8)
    expected = GMMClusterer(2, random_state=0).fit(rows.astype(np.float64))
    np.save(tmp_path / "rows.npy", rows.astype(np.float32))
    for same in (
        rows,
        rows.astype(np.float16),
        rows.astype(np.int64),
        np.asfortranarray(rows),
        np.repeat(rows, 2, axis=1)[:, ::2],
        np.load(tmp_path / "rows.npy", mmap_mode="r"),
    ):
        clusterer = GMMClusterer(2, random_state=0).fit(same)
        np.testing.assert_array_equal(clusterer.means_, expected.means_)
        np.testing.assert_array_equal(
            clusterer.score_samples(same), expected.score_samples(rows)
        )


def test_one_column_is_clustered(rng):
    column = np.concatenate([rng.normal(0, 1, 300), rng.normal(20, 1, 100)])
    clusterer = GMMClusterer(2, random_state=0).fit(column[:, np.newaxis])
    np.testing.assert_array_equal(clusterer.labels_, [0] * 300 + [1] * 100)


def test_a_constant_column_and_rows_of_zeros_are_no_error(loadings):
    rows = np.column_stack([loadings, np.full(len(loadings), 7.0)])
    rows[::3] = 0.0
    clusterer = GMMClusterer(random_state=0).fit(rows)
    for values in (clusterer.means_, clusterer.covariances_, clusterer.weights_):
        assert np.isfinite(values).all()
    assert np.isfinite(clusterer.score_samples(rows)).all()
    assert len(set(clusterer.labels_[::3])) == 1


@pytest.mark.parametrize("value", [0.0, 3.0])
@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_rows_that_are_all_alike_are_one_cluster(value, covariance_type):
    clusterer = GMMClusterer(covariance_type=covariance_type, random_state=0)
    with pytest.warns(ConvergenceWarning, match="Number of distinct clusters"):
        clusterer.fit(np.full((20, 3), value))
    assert set(clusterer.labels_) == {0}
    np.testing.assert_allclose(clusterer.weights_, [1, 0, 0, 0], atol=1e-12)
    for values in (clusterer.means_, clusterer.covariances_):
        assert np.isfinite(values).all()


def test_as_many_clusters_as_rows_stay_finite(rng):
    rows = rng.normal(size=(4, 3))
    clusterer = GMMClusterer(random_state=0).fit(rows)
    assert sorted(clusterer.labels_) == [0, 1, 2, 3]
    assert np.isfinite(clusterer.covariances_).all()


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("row", [[0.0, 0.0], [3.0, -1.0]])
def test_one_row_is_one_cluster(row, covariance_type):
    clusterer = GMMClusterer(1, covariance_type=covariance_type, random_state=0)
    clusterer.fit([row])
    np.testing.assert_array_equal(clusterer.means_, [row])
    np.testing.assert_array_equal(clusterer.labels_, [0])
    assert np.isfinite(clusterer.covariances_).all()
    assert np.isfinite(clusterer.score_samples([row])).all()
    with pytest.raises(ValueError, match="n_samples=1 rows, fewer than n_clusters=4"):
        GMMClusterer().fit([row])


def test_rows_too_large_to_square_are_an_error(loadings):
    with pytest.raises(ValueError, match="X has values so large"):
        GMMClusterer(random_state=0).fit(1e200 * loadings)


def test_the_same_seed_gives_the_same_clusters(loadings):
    one, two = (
        GMMClusterer(max_samples=200, random_state=7).fit(loadings) for _ in range(2)
    )
    np.testing.assert_array_equal(one.means_, two.means_)


def test_a_failed_refit_leaves_the_earlier_fit_whole(loadings):
    frame = pd.DataFrame(loadings).add_prefix("nmf")
    clusterer = GMMClusterer(random_state=0).fit(frame)
    before, state = clusterer.transform(frame), set(vars(clusterer))
    other = pd.DataFrame(loadings[:3, :2]).add_prefix("pca")
    with pytest.raises(ValueError, match="n_samples=3 rows, fewer than n_clusters=4"):
        clusterer.fit(other)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        clusterer.fit(other * np.nan)
    assert set(vars(clusterer)) == state
    np.testing.assert_array_equal(clusterer.transform(frame), before)


def test_a_joblib_round_trip_changes_nothing(tmp_path, loadings):
    clusterer = GMMClusterer(random_state=0).fit(loadings)
    joblib.dump(clusterer, tmp_path / "clusterer.joblib")
    loaded = joblib.load(tmp_path / "clusterer.joblib")
    np.testing.assert_array_equal(
        loaded.transform(loadings), clusterer.transform(loadings)
    )
    assert joblib.hash(loaded) == joblib.hash(clusterer)


@pytest.mark.parametrize(
    "settings",
    [
        {"n_clusters": 0},
        {"n_clusters": 2.0},
        {"covariance_type": "round"},
        {"tol": -1.0},
        {"max_iter": 0},
        {"n_init": 0},
        {"reg_covar": np.nan},
        {"reg_covar": np.inf},
        {"max_samples": 0},
        {"unannotated": 0.5},
        {"random_state": "seed"},
    ],
)
def test_a_bad_parameter_is_named(settings, loadings):
    with pytest.raises(InvalidParameterError, match=f"The '{next(iter(settings))}'"):
        GMMClusterer(**settings).fit(loadings)


def test_too_small_a_sample_is_an_error(loadings):
    with pytest.raises(ValueError, match="max_samples=3 must be at least n_clusters=4"):
        GMMClusterer(max_samples=3).fit(loadings)


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda X: np.where(X > 1, np.nan, X), "Input X contains NaN"),
        (lambda X: np.where(X > 1, np.inf, X), "Input X contains infinity"),
        (lambda X: X[0], "Expected 2D array"),
        (lambda X: X[:, :, np.newaxis], "Found array with dim 3"),
        (lambda X: X[:0], r"0 sample\(s\)"),
        (lambda X: X[:, :0], r"0 feature\(s\)"),
        (lambda X: X.astype(complex), "Complex data not supported"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "predict", "transform", "score_samples"])
def test_bad_rows_are_an_error_that_says_so(method, spoil, words, loadings):
    clusterer = GMMClusterer(random_state=0).fit(loadings)
    with pytest.raises(ValueError, match=words):
        getattr(clusterer, method)(spoil(loadings))


def test_other_features_than_in_fit_are_an_error(loadings):
    clusterer = GMMClusterer(random_state=0).fit(loadings)
    with pytest.raises(ValueError, match="X has 2 features, but GMMClusterer is expec"):
        clusterer.predict(loadings[:, :2])


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize(
    "method", ["predict", "transform", "predict_proba", "score_samples", "bic", "aic"]
)
@pytest.mark.parametrize("value", [1e155, -1e200, 1e308])
def test_rows_no_likelihood_can_be_found_for_are_refused(
    loadings, value, method, covariance_type
):
    clusterer = GMMClusterer(2, covariance_type=covariance_type, random_state=0)
    clusterer.fit(loadings)
    rows = np.vstack([loadings, np.full((1, 5), value)])
    words = rf"X holds rows with values up to {abs(value):.3g}".replace("+", r"\+")
    with pytest.raises(ValueError, match=rf"{words}, about 1e154 standard deviations"):
        getattr(clusterer, method)(rows)


def test_rows_as_far_away_as_a_likelihood_can_tell_have_posteriors(loadings):
    clusterer = GMMClusterer(2, random_state=0).fit(loadings)
    far = np.full((1, 5), 1e150)
    assert clusterer.transform(far).sum() == pytest.approx(1.0)
    assert np.isfinite(clusterer.score_samples(far)).all()
    assert clusterer.predict(far)[0] == clusterer.transform(far).argmax()


def test_large_rows_are_no_error_where_the_fit_is_as_large():
    rows = np.full((20, 3), 3e153)
    clusterer = GMMClusterer(1, random_state=0).fit(rows)
    assert np.isfinite(clusterer.score_samples(rows)).all()
    np.testing.assert_array_equal(clusterer.transform(rows), 1.0)


@pytest.mark.parametrize("other", ["tied", "diag", "spherical", "round", None])
@pytest.mark.parametrize("method", ["predict", "transform", "score_samples", "bic"])
def test_a_covariance_type_set_after_fit_is_refused(rng, method, other):
    """Also with as many clusters as features, where shapes are alike."""
    rows = rng.normal(size=(200, 4))
    clusterer = GMMClusterer(4, random_state=0).fit(rows)
    expected = clusterer.predict(rows)
    clusterer.set_params(covariance_type=other)
    words = f"covariance_type={other!r} was set after fit, which used 'full'; fit again"
    with pytest.raises(ValueError, match=words):
        getattr(clusterer, method)(rows)
    clusterer.set_params(covariance_type="full")
    np.testing.assert_array_equal(clusterer.predict(rows), expected)


def test_a_fit_that_has_not_converged_warns_at_the_users_line(loadings):
    with pytest.warns(ConvergenceWarning, match="increase max_iter or tol") as found:
        GMMClusterer(max_iter=1, random_state=0).fit(loadings)
    assert found[0].filename == __file__
