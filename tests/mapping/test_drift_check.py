"""Tests of how map_slice checks each slice against the reference of its pipeline."""

import copy
import functools
import warnings

import joblib
import numpy as np
import pytest
from mapping.slices import without_network
from pipelines import fitted_pipeline, phantom
from scipy import ndimage

from sklearn_microarch import (
    SliceImage,
    drift_report,
    fit_drift_reference,
    map_slice,
)
from sklearn_microarch.drift import DriftCheck
from sklearn_microarch.exceptions import DriftWarning, NoDriftReferenceWarning
from sklearn_microarch.images import read_ome_zarr_provenance
from sklearn_microarch.mapping import MicroarchMaps, open_maps

STRIDE = 6


@functools.cache
def judging():
    """Return a pipeline that keeps a reference. Not to be changed."""
    pipe = copy.deepcopy(fitted_pipeline())
    image = phantom().images[0]
    fit_drift_reference(pipe, image, stride=STRIDE, n_draws=40, random_state=0)
    return pipe


@functools.cache
def blurred():
    image = phantom().images[1]
    pixels = ndimage.gaussian_filter(image.data.astype(np.float32), 3)
    return image.replace(data=pixels.astype(np.uint8), name="z309")


@pytest.mark.parametrize("stride", [STRIDE, STRIDE // 2])
def test_the_check_is_the_report_on_rows_at_hand(stride):
    image = phantom().images[1]
    check = map_slice(judging(), image, stride=stride).drift
    report = drift_report(judging(), image, random_state=0)
    assert check.verdict == report.verdict == "same"
    assert check.n_rows == len(report.patches)
    for name in ("feature_shift", "feature_spread"):
        expected = report.indicators[name]
        assert check.indicators[name].limit == expected.limit
        assert check.indicators[name].value == pytest.approx(expected.value, rel=1e-3)
    # Of every second row here.
    share = check.indicators["share_outside_support"].value
    assert share == pytest.approx(report.share_outside_support, abs=0.02)


def test_other_strides_are_judged_on_the_nearest_grid():
    image = phantom().images[1]
    full = map_slice(judging(), image, stride=STRIDE).drift
    other = map_slice(judging(), image, stride=5).drift
    assert other.verdict == full.verdict
    shifts = [check.indicators["feature_shift"].value for check in (full, other)]
    assert shifts[1] == pytest.approx(shifts[0], rel=0.4)


def test_a_shifted_slice_is_told_once_with_its_cause_and_what_mends_it():
    with pytest.warns(DriftWarning) as told:
        maps = map_slice(judging(), blurred(), stride=STRIDE)
    assert len(told) == 1
    said = str(told[0].message)
    assert maps.drift.verdict in ("shifted", "unlike")
    assert said.startswith(f"slice 'z309' is {maps.drift.verdict}: ")
    assert "blurrier" in said
    assert "in focus" in said
    report = drift_report(judging(), blurred(), random_state=0)
    assert maps.drift.message == report.message


def test_the_check_changes_no_value_and_can_be_left_out():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        without = map_slice(judging(), blurred(), stride=STRIDE, check_drift=False)
    assert without.drift is None
    with pytest.warns(DriftWarning):
        maps = map_slice(judging(), blurred(), stride=STRIDE)
    np.testing.assert_array_equal(maps.factors, without.factors)
    np.testing.assert_array_equal(maps.clusters, without.clusters)


def test_a_pipeline_without_reference_says_so_once():
    pipe, image = copy.deepcopy(fitted_pipeline()), phantom().images[1]
    with pytest.warns(NoDriftReferenceWarning, match="fit_drift_reference"):
        maps = map_slice(pipe, image, stride=24)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = map_slice(pipe, image, stride=24)
    for drift in (maps.drift, again.drift):
        assert drift.verdict == "unchecked"
        assert "fit_drift_reference" in drift.message


def test_a_stale_reference_is_none():
    pipe, image = copy.deepcopy(judging()), phantom().images[1]
    pipe["nmf"].components_ = pipe["nmf"].components_[::-1].copy()
    with pytest.warns(NoDriftReferenceWarning, match="fitted anew"):
        maps = map_slice(pipe, image, stride=24)
    assert maps.drift.verdict == "unchecked"


@pytest.mark.filterwarnings("error::UserWarning")
def test_a_pipeline_that_cannot_be_judged_is_left_in_peace():
    maps = map_slice(without_network(), phantom().images[1], stride=24)
    assert maps.drift.verdict == "unchecked"
    assert "CNNFeatureExtractor" in maps.drift.message


def test_a_small_part_is_not_judged():
    mask = np.zeros(phantom().images[1].shape, dtype=bool)
    mask[100:150, 400:500] = True
    drift = map_slice(judging(), blurred(), mask, stride=STRIDE).drift
    assert drift.verdict == "unchecked"
    assert "too small a part" in drift.message


def test_cells_too_far_apart_are_not_judged():
    drift = map_slice(judging(), blurred(), stride=16).drift
    assert drift.verdict == "unchecked"
    assert "16 pixels apart" in drift.message
    assert "drift_report" in drift.message


def test_the_verdict_stands_in_the_record(tmp_path):
    pytest.importorskip("zarr")
    with pytest.warns(DriftWarning):
        maps = map_slice(judging(), blurred(), stride=STRIDE, out=tmp_path / "m.zarr")
    assert read_ome_zarr_provenance(tmp_path / "m.zarr")["drift"]["verdict"] == (
        maps.drift.verdict
    )
    assert open_maps(tmp_path / "m.zarr").drift == maps.drift


def test_maps_from_a_saved_model_are_checked_as_well(tmp_path):
    joblib.dump(judging(), tmp_path / "model.joblib")
    loaded = joblib.load(tmp_path / "model.joblib")
    image = phantom().images[1]
    assert map_slice(loaded, image, stride=STRIDE).drift == (
        map_slice(judging(), image, stride=STRIDE).drift
    )


def test_a_memory_limit_changes_no_verdict():
    image = phantom().images[1]
    usual = map_slice(judging(), image, stride=STRIDE).drift
    tight = map_slice(judging(), image, stride=STRIDE, memory_limit="60MB").drift
    assert tight == usual


def test_only_a_check_is_taken_as_drift():
    image = SliceImage(np.zeros((20, 30)))
    check = DriftCheck("unchecked", "nothing was compared.")
    assert MicroarchMaps(image, drift=check).drift is check
    assert str(check) == "unchecked: nothing was compared."
    with pytest.raises(TypeError, match="drift='same' must be a DriftCheck"):
        MicroarchMaps(image, drift="same")
