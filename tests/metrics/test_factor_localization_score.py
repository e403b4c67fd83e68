"""Tests of sklearn_microarch.metrics._factor_localization_score."""

import numpy as np
import pytest
from pipelines import fitted_pipeline, phantom, training_patches
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from sklearn_microarch.metrics import (
    factor_localization_score,
    factor_localization_scorer,
)
from sklearn_microarch.selection import CoverageLeakageSelector


@pytest.mark.parametrize("k", [5, 6, 8, 15, 30, 50])
@pytest.mark.parametrize("sparsity", [0.0, 0.5, 0.9])
def test_random_loadings_score_zero_for_any_number_of_factors(rng, k, sparsity):
    scores = []
    for _ in range(10):
        labels = rng.choice(6, size=4000, p=[0.3, 0.25, 0.2, 0.12, 0.08, 0.05])
        loadings = rng.uniform(size=(4000, k)) * (
            rng.uniform(size=(4000, k)) > sparsity
        )
        train, test = slice(None, 2000), slice(2000, None)
        selector = CoverageLeakageSelector().fit(loadings[train], labels[train])
        for threshold in (0.0, selector.iou_thresholds_):
            scores.append(
                factor_localization_score(
                    selector.transform(loadings[test]),
                    labels[test],
                    selector.matched_rois_,
                    threshold=threshold,
                )
            )
    assert abs(np.mean(scores)) < 0.02
    assert np.abs(scores).max() < 0.05


def test_perfect_factors_score_one_and_missing_ones_zero():
    labels = np.repeat(["a", "b", "c", "d"], 5)
    loadings = (labels[:, None] == np.array(["a", "b", "c", "d"])) * 2.0
    assert factor_localization_score(loadings, labels, list("abcd")) == 1.0
    assert factor_localization_score(loadings[:, :3], labels, list("abc")) == 0.75
    assert factor_localization_score(loadings, labels, list("badc")) < 0


def test_the_correction_is_the_overlap_of_independent_sets():
    # Factor and region of halves that overlap in a quarter: exactly chance.
    labels = np.array([0, 0, 1, 1])
    loadings = np.array([[1.0], [0.0], [1.0], [0.0]])
    assert factor_localization_score(loadings, labels, [0]) == 0.0
    # Active in 3 of 4 rows, right in 2 of 2; the other region, unmatched, scores 0.
    loadings = np.array([[1.0], [1.0], [1.0], [0.0]])
    a, q, iou = 3 / 4, 1 / 2, 2 / 3
    chance = a * q / (a + q - a * q)
    expected = (iou - chance) / (1 - chance) / 2
    assert factor_localization_score(loadings, labels, [0]) == pytest.approx(expected)


def test_thresholds_can_differ_and_unannotated_rows_do_not_count():
    labels = np.array([0, 0, 1, 1, -1])
    loadings = np.array([[3.0, 1], [3, 1], [1, 5], [1, 5], [9, 9]])
    score = factor_localization_score(
        loadings, labels, [0, 1], threshold=[2.0, 2.0], unannotated=-1
    )
    assert score == 1.0
    assert factor_localization_score(loadings, labels, [0, 1], unannotated=-1) == 0.0


def test_the_scorer_uses_matches_and_thresholds_of_the_training_rows():
    pipe, (patches, labels) = fitted_pipeline(), training_patches()
    selector = pipe["select"]
    expected = factor_localization_score(
        pipe[:4].transform(patches),
        labels,
        selector.matched_rois_,
        threshold=selector.iou_thresholds_,
    )
    assert factor_localization_scorer(pipe, patches, labels) == expected
    codes = np.append(labels[:50], [-1] * 10)
    rows = patches[np.append(np.arange(50), np.arange(10))]
    assert factor_localization_scorer(pipe, rows, codes) == factor_localization_scorer(
        pipe, patches[:50], labels[:50]
    )


def test_a_selector_within_a_nested_or_frozen_pipeline_is_found():
    pipe, (patches, labels) = fitted_pipeline(), training_patches()
    expected = factor_localization_scorer(pipe, patches, labels)
    later = Pipeline(pipe.steps[2:4])
    for inner in (later, FrozenEstimator(later)):
        nested = Pipeline([*pipe.steps[:2], ("factors", inner), pipe.steps[4]])
        assert factor_localization_scorer(nested, patches, labels) == expected
    loadings = pipe[:3].transform(patches)
    assert factor_localization_scorer(pipe["select"], loadings, labels) == expected


def test_bad_input_is_named():
    pipe = fitted_pipeline()
    for estimator in (Pipeline(pipe.steps[:3]), pipe["nmf"]):
        with pytest.raises(ValueError, match="no CoverageLeakageSelector as a step"):
            factor_localization_scorer(estimator, phantom().images[0], [1])
    with pytest.raises(ValueError, match="have no region in common"):
        factor_localization_score(np.ones((3, 1)), ["a", "b", "b"], [1])
    with pytest.raises(ValueError, match="loadings holds 1 NaN"):
        factor_localization_score([[np.nan], [1.0]], [0, 1], [0])
    for threshold in ([1.0, 2.0, 3.0], [[0.5]], np.nan):
        with pytest.raises(ValueError, match=r"threshold=.* one for each of the 1 "):
            factor_localization_score([[1.0], [0.0]], [1, 2], [1], threshold=threshold)
    with pytest.raises(ValueError, match=r"loadings has shape \(3, 2\)"):
        factor_localization_score(np.ones((3, 2)), [0, 1, 1], [0])
    with pytest.raises(ValueError, match="labels has no annotated row"):
        factor_localization_score(np.ones((2, 1)), [-1, -1], [0], unannotated=-1)
