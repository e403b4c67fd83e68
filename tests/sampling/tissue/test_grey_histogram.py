"""Tests of sklearn_microarch.sampling.tissue._grey_histogram."""

import numpy as np
import pytest

from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling.tissue import _smoothed_grey
from sklearn_microarch.sampling.tissue._grey_histogram import (
    N_BINS,
    GreyHistogram,
    grey_histogram,
)
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey


def otsu_threshold(values):
    """Return Otsu's threshold of values that lie nowhere in particular."""
    low, high = float(values.min()), float(values.max())
    counts, _ = np.histogram(values, bins=N_BINS, range=(low, high))
    blank = np.zeros(N_BINS)
    return GreyHistogram(low, high, counts, blank.astype(np.intp), blank).otsu()


def test_the_threshold_splits_two_peaks_in_their_middle(rng):
    values = np.concatenate([rng.uniform(0, 10, 500), rng.uniform(90, 100, 700)])
    assert otsu_threshold(values) == pytest.approx(50, abs=1)
    assert otsu_threshold(np.full(5, 3.0)) == 3.0


def test_the_threshold_maximises_the_variance_between_the_classes(rng):
    values = np.concatenate([rng.normal(20, 6, 3000), rng.normal(60, 12, 2000)])

    def between(threshold):
        below = values <= threshold
        gap = values[below].mean() - values[~below].mean()
        return below.mean() * (~below).mean() * gap**2

    best = max(between(t) for t in np.linspace(10, 70, 400))
    assert between(otsu_threshold(values)) == pytest.approx(best, rel=1e-3)


def test_the_histogram_is_the_same_in_blocks(rng, monkeypatch):
    image = SliceImage(rng.uniform(0, 200, (60, 90)), 7.0)
    at_once = grey_histogram([SmoothedGrey(image)])
    monkeypatch.setattr(_smoothed_grey, "BLOCK_EDGE", 20)
    in_parts = grey_histogram([SmoothedGrey(image)])
    np.testing.assert_array_equal(at_once.counts, in_parts.counts)
    np.testing.assert_array_equal(at_once.on_edge, in_parts.on_edge)
    assert at_once.counts.sum() == 5400
    assert at_once.on_edge.sum() == 300
    assert at_once.roughness.sum() == pytest.approx(in_parts.roughness.sum())
    assert at_once.otsu() == in_parts.otsu()


def test_quantiles_and_halves_are_those_of_the_grey_levels(rng):
    image = SliceImage(rng.uniform(0, 200, (60, 90)), 7000.0)
    greys = grey_histogram([SmoothedGrey(image)])
    assert greys.quantile(0.5) == pytest.approx(np.median(image.data), abs=1)
    low, high = greys.below(50), greys.above(50)
    assert low.counts.sum() + high.counts.sum() == 5400
    assert low.quantile(1.0) == pytest.approx(50, abs=1)
    assert high.quantile(0.0) == pytest.approx(50, abs=1)


def test_a_slice_of_one_grey_level_has_one_bin():
    greys = grey_histogram([SmoothedGrey(SliceImage(np.full((9, 7), 3.0)))])
    assert greys.counts.tolist() == [63]
    assert greys.otsu() == greys.quantile(0.5) == 3.0
