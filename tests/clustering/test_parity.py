"""What GMMClusterer shares with scikit-learn's GaussianMixture."""

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture
from sklearn.utils._param_validation import InvalidParameterError

from sklearn_microarch.clustering import GMMClusterer

TYPES = ["full", "tied", "diag", "spherical"]
CENTRES = np.array([[0.0, 8.0, 1.0], [7.0, 0.0, 2.0], [3.0, 3.0, 9.0]])


@pytest.fixture
def loadings(rng):
    """Return rows of three groups of unequal size on three factors."""
    return np.repeat(CENTRES, (90, 40, 60), axis=0) + rng.normal(size=(190, 3))


@pytest.mark.parametrize("covariance_type", TYPES)
def test_precisions_and_bound_are_those_of_scikit_learn(loadings, covariance_type):
    means = CENTRES + 0.3
    ours = GMMClusterer(
        3, covariance_type=covariance_type, shrinkage=0, means_init=means, tol=1e-9
    ).fit(loadings)
    theirs = GaussianMixture(
        3,
        covariance_type=covariance_type,
        means_init=means,
        tol=1e-9,
        max_iter=500,
        reg_covar=1e-3 * loadings.var(axis=0).mean(),
        random_state=0,
    ).fit(loadings)
    order = np.argsort(-theirs.weights_)
    expected = theirs.precisions_
    if covariance_type != "tied":
        expected = expected[order]
    assert ours.precisions_.shape == ours.covariances_.shape
    np.testing.assert_allclose(ours.precisions_, expected, rtol=1e-3, atol=1e-4)
    assert ours.lower_bound_ == pytest.approx(theirs.lower_bound_, abs=1e-6)
    assert ours.lower_bound_ == pytest.approx(
        ours.score_samples(loadings).mean(), abs=1e-6
    )


def test_the_bound_of_more_rows_than_are_sampled_is_that_of_all(loadings):
    clusterer = GMMClusterer(3, max_samples=100, tol=1e-9, random_state=0)
    clusterer.fit(loadings)
    assert clusterer.lower_bound_ == pytest.approx(
        clusterer.score_samples(loadings).mean(), abs=1e-6
    )


@pytest.mark.parametrize("covariance_type", TYPES)
def test_drawn_rows_have_the_moments_of_the_mixture(loadings, covariance_type):
    clusterer = GMMClusterer(3, covariance_type=covariance_type, random_state=0)
    clusterer.fit(loadings * [1.0, 5.0, 0.2])
    rows, labels = clusterer.sample(60_000)
    assert rows.shape == (60_000, 3)
    assert labels.dtype == np.int64
    np.testing.assert_allclose(np.bincount(labels) / 6e4, clusterer.weights_, atol=0.01)
    for cluster, mean in enumerate(clusterer.means_):
        drawn = rows[labels == cluster]
        np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.15)
        precision = clusterer.precisions_
        if covariance_type != "tied":
            precision = precision[cluster]
        if covariance_type in ("diag", "spherical"):
            precision = precision * np.eye(3)
        white = np.cov(drawn.T) @ precision
        np.testing.assert_allclose(white, np.eye(3), atol=0.25)
    # Those of a cluster are likely to be called by it.
    assert (clusterer.predict(rows) == labels).mean() > 0.95


def test_a_seed_repeats_the_draw_and_one_row_is_the_default(loadings):
    clusterer = GMMClusterer(3, random_state=0).fit(loadings)
    for one, other in zip(clusterer.sample(7), clusterer.sample(7), strict=True):
        np.testing.assert_array_equal(one, other)
    assert clusterer.sample()[0].shape == (1, 3)


def test_a_draw_uses_the_covariances_of_the_fit(loadings):
    clusterer = GMMClusterer(3, random_state=0).fit(loadings)
    expected, _ = clusterer.sample(5)
    found, _ = clusterer.set_params(covariance_type="diag").sample(5)
    np.testing.assert_array_equal(found, expected)
    assert clusterer.precisions_.shape == (3, 3, 3)


@pytest.mark.parametrize("n_samples", [0, -1, 2.5, True, "many", None])
def test_a_number_of_rows_that_cannot_be_drawn_is_named(loadings, n_samples):
    clusterer = GMMClusterer(3, random_state=0).fit(loadings)
    with pytest.raises((TypeError, ValueError), match="n_samples"):
        clusterer.sample(n_samples)


def test_means_are_found_again_whatever_the_seed(loadings):
    first = GMMClusterer(3, random_state=0).fit(loadings)
    for seed in range(3):
        again = GMMClusterer(3, means_init=first.means_, random_state=seed)
        np.testing.assert_array_equal(again.fit(loadings).labels_, first.labels_)


def test_means_decide_which_clusters_are_found(rng):
    """Two pairs of groups: two clusters can be one pair each, either way."""
    corners = np.array([[0.0, 0.0], [0.0, 6.0], [6.0, 0.0], [6.0, 6.0]])
    rows = np.repeat(corners, 50, axis=0) + 0.3 * rng.normal(size=(200, 2))
    for axis, means in enumerate(([[0, 3], [6, 3]], [[3, 0], [3, 6]])):
        found = GMMClusterer(2, means_init=means, random_state=0).fit(rows).labels_
        side = (rows[:, axis] > 3).astype(int)
        assert (found == side).all() or (found == 1 - side).all()


@pytest.mark.parametrize(
    "means, words",
    [
        (CENTRES[:2], r"means_init has shape \(2, 3\), but n_clusters=3"),
        (CENTRES[:, :2], "X has 3 features"),
        (np.full((3, 3), np.nan), "means_init"),
        ([["a", "b", "c"]] * 3, "means_init"),
        (CENTRES.ravel(), "means_init"),
    ],
)
def test_means_that_do_not_fit_are_named(loadings, means, words):
    with pytest.raises((TypeError, ValueError), match=words):
        GMMClusterer(3, means_init=means).fit(loadings)


def test_means_that_are_no_array_are_a_wrong_parameter(loadings):
    with pytest.raises(InvalidParameterError, match="'means_init'"):
        GMMClusterer(3, means_init=5).fit(loadings)


def test_who_asks_for_components_is_told_of_clusters():
    with pytest.raises(TypeError, match=r"no n_components.*n_clusters=5"):
        GMMClusterer(n_components=5)
    with pytest.raises(TypeError, match="unexpected keyword argument 'n_cluster'"):
        GMMClusterer(n_cluster=5)


def test_nothing_is_drawn_or_told_before_the_fit():
    clusterer = GMMClusterer()
    with pytest.raises(NotFittedError):
        clusterer.sample()
    assert not hasattr(clusterer, "precisions_")
    assert not hasattr(clusterer, "lower_bound_")


def test_copies_and_files_keep_all(tmp_path, loadings):
    clusterer = GMMClusterer(3, means_init=CENTRES, random_state=0).fit(loadings)
    joblib.dump(clusterer, tmp_path / "clusterer.joblib")
    loaded = joblib.load(tmp_path / "clusterer.joblib")
    assert loaded.lower_bound_ == clusterer.lower_bound_
    np.testing.assert_array_equal(loaded.sample(9)[0], clusterer.sample(9)[0])
    np.testing.assert_array_equal(clone(loaded).means_init, CENTRES)
