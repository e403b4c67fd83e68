"""Tests of sklearn_microarch.drift._kept_reference: where a reference lives."""

import copy
import functools
import pickle

import joblib
import numpy as np
import pytest
from drift.models import judged_pipeline
from pipelines import phantom, training_patches
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from sklearn_microarch import drift_report, fit_drift_reference


@functools.cache
def kept():
    """Return a pipeline that keeps a reference. Not to be changed."""
    pipe = copy.deepcopy(judged_pipeline())
    image = phantom().images[0]
    fit_drift_reference(pipe, image, stride=6, n_draws=20, random_state=0)
    return pipe


def report(pipe):
    return drift_report(pipe, phantom().images[1], random_state=0)


def test_the_reference_is_kept_and_returned():
    pipe = copy.deepcopy(judged_pipeline())
    image = phantom().images[0]
    returned = fit_drift_reference(pipe, image, stride=6, n_draws=20, random_state=0)
    given = drift_report(pipe, phantom().images[1], returned, random_state=0)
    assert str(report(pipe)) == str(given)


def test_it_is_saved_with_the_pipeline(tmp_path):
    joblib.dump(kept(), tmp_path / "model.joblib")
    for loaded in (
        joblib.load(tmp_path / "model.joblib"),
        joblib.load(tmp_path / "model.joblib", mmap_mode="r"),
        pickle.loads(pickle.dumps(kept())),
    ):
        assert report(loaded).verdict == report(kept()).verdict


def test_it_holds_no_pixels():
    with_it = len(pickle.dumps(kept()))
    without = copy.deepcopy(kept())
    del without["features"].drift_reference_
    pixels = phantom().images[0].data.tobytes()[100_000:100_200]
    assert len(set(pixels)) > 20
    assert pixels not in pickle.dumps(kept())
    assert with_it - len(pickle.dumps(without)) < 2**20


def test_a_clone_has_none():
    fresh = clone(kept()).fit(*training_patches())
    with pytest.raises(ValueError, match=r"keeps no reference.*fit_drift_reference"):
        report(fresh)


def test_fitting_the_network_anew_drops_it():
    pipe = copy.deepcopy(kept())
    pipe["features"].set_params(max_epochs=1).fit(*training_patches())
    assert not hasattr(pipe["features"], "drift_reference_")


def test_other_factors_make_it_stale():
    pipe = copy.deepcopy(kept())
    features = pipe["features"].transform(training_patches()[0])
    # Of other rows: with other seeds most fits end at the same factors.
    pipe["nmf"].fit(features[::2])
    with pytest.raises(ValueError, match=r"fitted anew.*fit_drift_reference"):
        report(pipe)


def test_it_is_found_in_frozen_and_nested_pipelines():
    whole = kept()
    nested = Pipeline(
        [("patches", whole["patches"]), ("rest", FrozenEstimator(whole[1:]))]
    )
    for pipe in (nested, FrozenEstimator(whole)):
        assert report(pipe).verdict == report(whole).verdict
    fresh = copy.deepcopy(nested)
    del fresh["rest"].estimator["features"].drift_reference_
    fit_drift_reference(
        fresh, phantom().images[0], stride=6, n_draws=20, random_state=0
    )
    assert hasattr(fresh["rest"].estimator["features"], "drift_reference_")


def test_a_failed_fit_leaves_the_earlier_one():
    pipe = copy.deepcopy(kept())
    before = pipe["features"].drift_reference_
    tiny = np.zeros(phantom().images[0].shape, dtype=bool)
    tiny[100:150, 100:150] = True
    with pytest.raises(ValueError, match="too few to hold some of them out"):
        fit_drift_reference(pipe, phantom().images[0], mask=tiny)
    assert pipe["features"].drift_reference_ is before
