"""Every argument of the room's public names, with values that nobody means."""

from functools import partial

import numpy as np
import pytest
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch.clustering import GMMClusterer, match_clusters

ROWS = np.eye(6)[:, :3] + np.arange(18.0).reshape(6, 3) / 10
IDS, LABELS = np.array([0, 0, 1, 1, 2, 2]), np.array([4, 4, 5, 5, 6, 6])
SETTINGS = (
    "n_clusters",
    "covariance_type",
    "tol",
    "max_iter",
    "n_init",
    "reg_covar",
    "max_samples",
    "unannotated",
    "random_state",
)


@pytest.fixture
def clusterer():
    return GMMClusterer(2, reg_covar=0.1, random_state=0).fit(ROWS)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("name", SETTINGS)
def test_the_clusterer_names_a_wrong_setting(name, wrong):
    settings = {"n_clusters": 2, "reg_covar": 0.1, "random_state": 0, name: wrong}
    check_that_errors_name(name, partial(GMMClusterer(**settings).fit, ROWS))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "method",
    ["fit", "predict", "transform", "predict_proba", "score_samples", "bic", "aic"],
)
def test_the_clusterer_names_wrong_rows(clusterer, method, wrong):
    check_that_errors_name("X", partial(getattr(clusterer, method), wrong))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_score_names_what_is_wrong(clusterer, wrong):
    check_that_errors_name("X", partial(clusterer.score, wrong, LABELS))
    check_that_errors_name("y", partial(clusterer.score, ROWS, wrong))
    clusterer.set_params(unannotated=wrong)
    check_that_errors_name("unannotated", partial(clusterer.score, ROWS, LABELS))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "name", ["clusters_a", "clusters_b", "labels_a", "labels_b", "unannotated"]
)
def test_match_clusters_names_what_is_wrong_in_rows(name, wrong):
    arguments = {
        "clusters_a": IDS,
        "clusters_b": IDS,
        "labels_a": LABELS,
        "labels_b": LABELS,
        name: wrong,
    }
    check_that_errors_name(name, partial(match_clusters, **arguments))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("name", ["clusters_a", "clusters_b", "unannotated"])
def test_match_clusters_names_what_is_wrong_in_shares(name, wrong):
    arguments = {"clusters_a": ROWS, "clusters_b": ROWS, name: wrong}
    check_that_errors_name(name, partial(match_clusters, **arguments))


@pytest.mark.parametrize(
    "rows", ["rows of dates", "rows of durations", "complex rows", "masked rows"]
)
def test_rows_that_are_no_numbers_are_refused_everywhere(clusterer, rows):
    for call in (
        clusterer.fit,
        clusterer.predict,
        clusterer.transform,
        clusterer.score_samples,
        partial(match_clusters, ROWS),
    ):
        with pytest.raises((TypeError, ValueError)):
            call(WRONG[rows])


@pytest.mark.parametrize("labels", ["complex labels", "dates", "masked labels"])
def test_labels_that_are_none_are_refused(clusterer, labels):
    with pytest.raises((TypeError, ValueError), match=r"^y\b"):
        clusterer.score(ROWS, WRONG[labels])
    with pytest.raises((TypeError, ValueError), match=r"^labels_b\b"):
        match_clusters(IDS, IDS, labels_a=LABELS, labels_b=WRONG[labels])


def test_rows_that_require_grad_are_refused_with_the_remedy(clusterer):
    rows, labels = WRONG["rows that require grad"], WRONG["labels that require grad"]
    for call in (clusterer.fit, clusterer.predict, clusterer.score_samples):
        with pytest.raises(TypeError, match=r"^X=.*detach"):
            call(rows)
    with pytest.raises(TypeError, match=r"^y=.*detach"):
        clusterer.score(ROWS, labels)
    assert clusterer.predict(rows.detach()).shape == (6,)


@pytest.mark.parametrize("name", ["n_clusters", "n_init", "max_iter"])
def test_counts_that_nothing_can_count_to_are_refused_at_once(name):
    with pytest.raises(ValueError, match=rf"'{name}' .* in the range \[1, \d+\]"):
        GMMClusterer(**{name: 10**30}).fit(ROWS)
