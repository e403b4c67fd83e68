"""Tests of sklearn_microarch.metrics._region_agreement_score."""

import numpy as np
import pytest
from pipelines import fitted_pipeline, training_patches
from sklearn.cluster import KMeans
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from sklearn.pipeline import Pipeline

from sklearn_microarch.metrics import (
    region_agreement_score,
    region_mutual_info_scorer,
    region_rand_scorer,
)


def test_they_are_scikit_learns_on_annotated_rows(rng):
    regions = rng.choice(["CTX", "VP", ""], 300)
    clusters = rng.integers(0, 4, 300) * (regions != "CTX")
    rows = regions != ""
    for measure, theirs in (
        ("ami", adjusted_mutual_info_score),
        ("ari", adjusted_rand_score),
    ):
        found = region_agreement_score(
            regions, clusters, measure=measure, unannotated=""
        )
        assert found == pytest.approx(theirs(regions[rows], clusters[rows]))
        assert found != pytest.approx(
            region_agreement_score(regions, clusters, measure=measure)
        )


def test_the_numbers_of_clusters_do_not_matter():
    regions, clusters = [3, 3, 5, 5, 7], np.array([9, 9, 0, 0, -4])
    for measure in ("ami", "ari"):
        assert region_agreement_score(regions, clusters, measure=measure) == 1


def test_the_scorer_is_the_clusterers_own_score():
    pipe, (patches, labels) = fitted_pipeline(), training_patches()
    labels = np.where(np.arange(len(labels)) % 3 == 0, -1, labels)
    assert region_mutual_info_scorer(pipe, patches, labels) == pytest.approx(
        pipe.score(patches, labels)
    )
    rows = labels != -1
    assert region_rand_scorer(pipe, patches, labels) == pytest.approx(
        adjusted_rand_score(labels[rows], pipe.predict(patches)[rows])
    )


def test_any_clusterer_will_do_and_earlier_steps_name_unannotated_rows():
    pipe, (patches, labels) = fitted_pipeline(), training_patches()
    other = Pipeline(
        [
            ("factors", FrozenEstimator(pipe[:3])),
            ("cluster", KMeans(3, n_init=1, random_state=0)),
        ]
    ).fit(patches)
    labels = np.where(np.arange(len(labels)) % 3 == 0, -1, labels)
    expected = region_agreement_score(labels, other.predict(patches), unannotated=-1)
    assert region_mutual_info_scorer(other, patches, labels) == expected


def test_rows_without_a_cluster_do_not_count(rng):
    labels, clusters = rng.integers(0, 3, 60), rng.integers(0, 3, 60)
    labels = np.concatenate([labels, [0, 1, 2, 2]])
    clusters = np.concatenate([clusters, [-1] * 4])
    expected = region_agreement_score(labels[:60], clusters[:60])
    assert region_agreement_score(labels, clusters) == expected
    with pytest.raises(ValueError, match="clusters is -1, no cluster, at all"):
        region_agreement_score(labels[60:], clusters[60:])


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="measure='nmi' must be one of 'ami', 'ari'"):
        region_agreement_score([1], [1], measure="nmi")
    with pytest.raises(ValueError, match="y_true has no annotated row"):
        region_agreement_score([-1], [1], unannotated=-1)
    with pytest.raises(ValueError, match="inconsistent numbers of rows: y_true has 2"):
        region_agreement_score([1, 2], [1])
