"""Gain, offset and field are those that were planted, whatever the shares."""

import numpy as np
import pytest

from sklearn_microarch.features.normalization._exposure_model import (
    ExposureModel,
    Windows,
)
from sklearn_microarch.features.normalization._field import N_TERMS, field_terms
from sklearn_microarch.features.normalization._fit_exposure import estimate_exposure
from sklearn_microarch.features.normalization._grey_templates import fit_templates

MEANS = np.array([[90, 3, 0.4, -0.1, -0.4], [140, 3.6, 0.6, -0.3, -0.2]])
SPREAD = np.array([6, 0.1, 0.03, 0.04, 0.05])
NONE, ALL = np.zeros(N_TERMS), np.full(N_TERMS, 0.1)
LOG_SPREAD = float(MEANS[:, 1].mean())


def _draw(rng, counts):
    kinds = np.repeat([0, 1], counts)
    return MEANS[kinds] + SPREAD * rng.normal(size=(len(kinds), 5)), kinds


def _seen(measures, terms, *, gain=1.0, offset=0.0, field=NONE):
    log_gains = np.log(gain) + terms @ field
    seen = measures.copy()
    seen[:, 0] = offset + np.exp(log_gains) * seen[:, 0]
    seen[:, 1] += log_gains
    return seen


def _estimate(measures, terms, templates, usual=NONE, freedom=ALL):
    windows = Windows(measures, terms, 1.0)
    return estimate_exposure(windows, templates, usual, freedom, log_spread=LOG_SPREAD)


@pytest.fixture
def templates(rng):
    """Of two kinds of tissue."""
    return fit_templates(*_draw(rng, [300, 300]))


def test_the_gradient_is_that_of_the_value(rng, templates):
    measures, _ = _draw(rng, [80, 40])
    terms = field_terms(rng.uniform(-1, 1, (120, 2)))
    model = ExposureModel(Windows(measures, terms, 1.0), templates, NONE, ALL)
    at = model.pack(np.log(1.05), -6.0, NONE) + 0.01
    _, gradient = model(at)
    steps = 1e-5 * np.eye(len(at))
    numeric = [(model(at + step)[0] - model(at - step)[0]) / 2e-5 for step in steps]
    np.testing.assert_allclose(gradient, numeric, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("counts", [[200, 200], [380, 20], [20, 380]])
@pytest.mark.parametrize(("gain", "offset"), [(0.7, 25.0), (1.3, -20.0)])
def test_exposure_is_found_whatever_the_shares(rng, templates, counts, gain, offset):
    measures, _ = _draw(rng, counts)
    terms = field_terms(rng.uniform(-1, 1, (400, 2)))
    field = np.array([0.05, 0.2, -0.1, 0.0])
    seen = _seen(measures, terms, gain=gain, offset=offset, field=field)
    found = _estimate(seen, terms, templates)
    # What counts is what tissue becomes, not the parts that may make up for each other.
    log_gains = found.log_gain + terms @ found.field
    levels = (seen[:, 0] - found.offset) / np.exp(log_gains)
    assert np.abs(levels - measures[:, 0]).mean() < 3
    true = np.log(gain) + terms @ field
    assert np.abs(log_gains - true).mean() < 0.05


def test_windows_like_no_template_do_not_pull(rng, templates):
    measures, _ = _draw(rng, [200, 200])
    strange = rng.uniform([0, 1, 0, -1, -1], [250, 5, 1, 0, 0], size=(60, 5))
    both = np.concatenate([measures, strange])
    terms = field_terms(rng.uniform(-1, 1, (460, 2)))
    found = _estimate(both, terms, templates)
    assert abs(found.log_gain) < 0.04
    assert abs(found.offset) < 5


def test_a_field_that_is_not_free_stays_as_usual(rng, templates):
    measures, _ = _draw(rng, [200, 200])
    terms = field_terms(rng.uniform(-1, 1, (400, 2)))
    usual = np.array([0.0, 0.1, 0.0, 0.0])
    freedom = np.array([0.0, 0.0, 0.1, 0.1])
    seen = _seen(measures, terms, field=usual)
    found = _estimate(seen, terms, templates, usual, freedom)
    np.testing.assert_array_equal(found.field[:2], usual[:2])
    assert np.abs(found.field[2:]).max() < 0.05


@pytest.mark.parametrize(
    ("gain", "offset"),
    [(0.8, 0.0), (1.2, 0.0), (1.0, -25.0), (1.0, 25.0), (257.0, 0.0), (1 / 255, -3.0)],
)
def test_the_exposure_follows_gain_and_offset_exactly(rng, templates, gain, offset):
    """Whatever it is: here of a slice that has little of one tissue, and is shaded."""
    measures, _ = _draw(rng, [110, 10])
    terms = field_terms(rng.uniform(-1, 1, (120, 2)))
    plain = _seen(measures, terms, field=np.array([0.05, 0.2, -0.1, 0.0]))
    first = _estimate(plain, terms, templates)
    again = _estimate(_seen(plain, terms, gain=gain, offset=offset), terms, templates)
    assert again.log_gain == pytest.approx(first.log_gain + np.log(gain), abs=1e-6)
    level = (again.offset - offset) / gain
    assert level == pytest.approx(first.offset, abs=1e-4)
    np.testing.assert_allclose(again.field, first.field, rtol=0, atol=1e-6)
