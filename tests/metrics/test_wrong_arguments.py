"""Whatever a score is given, it is taken or the argument at fault is named."""

from functools import partial

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch import (
    CoverageLeakageSelector,
    Patches,
    PatchSampler,
    SliceImage,
)
from sklearn_microarch.metrics import (
    block_bootstrap,
    border_recall_curve,
    calibration_report,
    evaluation_centres,
    expected_calibration_error,
    factor_localization_score,
    factor_localization_scorer,
    novelty_report,
    reconstruction_score,
    reconstruction_scorer,
    region_agreement_score,
    region_balanced_accuracy_score,
    region_balanced_accuracy_scorer,
    region_f1_score,
    region_f1_scorer,
    region_mutual_info_scorer,
    region_rand_scorer,
    region_report,
    region_scores,
    scores_by_specimen,
    specimen_separation,
)

ROIS = np.repeat([[4] * 32 + [5] * 32], 32, axis=0)
SAMPLER = PatchSampler(16)
PATCHES, LABELS = evaluation_centres(SAMPLER, np.ones((32, 64)), ROIS)
PROBA = [[0.9, 0.1]] * 3 + [[0.3, 0.7]] * 3
PAIR = {"y_true": [1, 1, 1, 2, 2, 2], "y_pred": [1, 1, 2, 2, 2, 2]}
REGIONS = {**PAIR, "regions": [1, 2], "min_rows": 1, "unannotated": None}
CALIBRATION = {
    "y_true": [1, 1, 1, 2, 2, 2],
    "y_proba": PROBA,
    "classes": [1, 2],
    "n_bins": 10,
    "class_balanced": False,
    "unannotated": None,
}
LOADINGS = np.array([[2.0, 0.0]] * 3 + [[0.0, 3.0]] * 3)
SELECTOR = CoverageLeakageSelector().fit(LOADINGS, [1, 1, 1, 2, 2, 2])
CLASSIFIER = DummyClassifier(strategy="prior").fit(LOADINGS, [1, 1, 1, 2, 2, 2])
SCORED = {"estimator": CLASSIFIER, "y": [1, 1, 1, 2, 2, 2]}
SLICES = [SliceImage(np.zeros((16, 96)), specimen=name) for name in "AB"]
OF_TWO = Patches(SLICES, [(i, 8, c) for i in (0, 1) for c in range(8, 90, 16)], 16)
CALLS = {
    block_bootstrap: {
        "values": [1, 0, 1, 1, 0, 1],
        "labels": [1, 1, 1, 2, 2, 2],
        "blocks": [0, 1, 2, 3, 4, 5],
        "against": None,
        "statistic": None,
        "n_resamples": 20,
        "confidence_level": 0.9,
        "unannotated": None,
        "random_state": 0,
    },
    border_recall_curve: {
        **PAIR,
        "distances": [1, 2, 3, 4, 5, 6],
        "edges": [0, 2],
        "regions": None,
        "unannotated": None,
    },
    calibration_report: CALIBRATION,
    expected_calibration_error: CALIBRATION,
    evaluation_centres: {
        "sampler": SAMPLER,
        "images": np.ones((32, 64)),
        "rois": ROIS,
        "names": None,
        "step": 8,
    },
    factor_localization_score: {
        "loadings": [[2.0, 0.0]] * 3 + [[0.0, 3.0]] * 3,
        "labels": [1, 1, 1, 2, 2, 2],
        "matched_rois": [1, 2],
        "threshold": 0.0,
        "unannotated": None,
    },
    novelty_report: {
        "novelty": [0.4, 0.7, 1.1, 0.9, 1.8, 2.4],
        "known": [True, True, True, False, False, False],
        "nearest": None,
    },
    reconstruction_score: {"X": [[3.0, 4.0]], "X_reconstructed": [[3.0, 0.0]]},
    region_agreement_score: {
        "y_true": [1, 1, 1, 2, 2, 2],
        "clusters": [0, 0, 0, 1, 1, 1],
        "measure": "ami",
        "unannotated": None,
    },
    region_balanced_accuracy_score: REGIONS,
    region_f1_score: REGIONS,
    region_report: {
        "classifier": DummyClassifier(strategy="prior").fit(PATCHES, LABELS),
        "patches": PATCHES,
        "labels": LABELS,
        "rois": ROIS,
        "block_size": None,
        "z_um": None,
        "n_resamples": 20,
        "confidence_level": 0.9,
        "unannotated": -1,
        "unannotated_code": 0,
        "random_state": 0,
    },
    region_scores: REGIONS,
    specimen_separation: {
        "values": np.arange(24.0).reshape(12, 2),
        "patches": OF_TWO,
        "labels": [1] * 12,
        "names": None,
        "groups": None,
        "min_active": 0.2,
        "threshold": 0.0,
        "block_size": None,
        "z_um": None,
        "n_halves": 19,
        "n_resamples": 20,
        "confidence_level": 0.9,
        "unannotated": -1,
        "random_state": 0,
    },
    scores_by_specimen: {**REGIONS, "groups": ["m1", "m2", "m1", "m1", "m2", "m1"]},
    factor_localization_scorer: {"estimator": SELECTOR, "y": [1, 1, 1, 2, 2, 2]},
    reconstruction_scorer: {"estimator": None},
    region_balanced_accuracy_scorer: SCORED,
    region_f1_scorer: SCORED,
    region_mutual_info_scorer: SCORED,
    region_rand_scorer: SCORED,
}
CASES = [(function, name) for function, given in CALLS.items() for name in given]


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_named(value):
    for function, name in CASES:
        rows = {"X": LOADINGS} if function.__name__.endswith("_scorer") else {}
        given = {**rows, **CALLS[function], name: value}
        check_that_errors_name(name, partial(function, **given))
