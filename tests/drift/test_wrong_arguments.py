"""Whatever drift is given, it is taken or the argument at fault is named."""

from functools import partial

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch import (
    CNNFeatureExtractor,
    PatchSampler,
    drift_report,
    fit_drift_reference,
)


@pytest.fixture(scope="module")
def calls():
    """Return functions, and arguments that they take."""
    rois = np.repeat([[1] * 96 + [2] * 96], 96, axis=0)
    image = np.random.default_rng(0).normal(100 * rois, 20)
    pipe = make_pipeline(
        PatchSampler(16, n_patches_per_roi=100, tissue=None, random_state=0),
        CNNFeatureExtractor(max_epochs=1, n_features=4, random_state=0),
    )
    pipe.fit(*pipe[0].sample(image, rois))
    fit = {
        "pipeline": pipe,
        "images": image,
        "mask": None,
        "stride": 8,
        "block_px": 16,
        "z_um": None,
        "n_draws": 20,
        "false_alarm_rate": 0.1,
        "random_state": 0,
    }
    report = {
        "pipeline": pipe,
        "image": image,
        "reference": fit_drift_reference(**fit),
        "mask": None,
        "allow_pixel_size_mismatch": False,
        "random_state": 0,
    }
    return {fit_drift_reference: fit, drift_report: report}


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_named(calls, value):
    for function, given in calls.items():
        for name in given:
            changed = {**given, name: value}
            check_that_errors_name(name, partial(function, **changed))
