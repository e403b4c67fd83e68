"""Tests of what is found again in other networks."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from trust.grids import cells, noise

from sklearn_microarch import PatchSampler
from sklearn_microarch.trust.again._agreement import correlations, found_again
from sklearn_microarch.trust.again._other_networks import with_seed


def test_correlations_are_those_of_numpy(rng):
    one, other = rng.normal(size=(50, 2)), rng.normal(size=(50, 3))
    expected = np.corrcoef(one.T, other.T)[:2, 2:]
    assert correlations(one, other) == pytest.approx(expected, abs=1e-12)
    assert correlations(np.ones((50, 1)), other).tolist() == [[0, 0, 0]]


def test_maps_are_found_again_in_another_order():
    found = cells()
    ours = np.column_stack([noise(found, 4, seed) for seed in range(3)])
    theirs = 3 * ours[:, [2, 0]] + 1
    whole, within = found_again(ours, theirs, found.codes)
    assert whole == pytest.approx([1, 0, 1], abs=1e-9)
    assert within == pytest.approx([1, 0, 1], abs=1e-9)


def test_a_map_that_restates_a_region_is_the_same_over_the_slice_only():
    found = cells()
    region = 5.0 * (found.codes == 2)
    ours, theirs = (region + 0.3 * noise(found, 2, seed) for seed in (1, 2))
    whole, within = found_again(ours[:, None], theirs[:, None], found.codes)
    assert whole[0] > 0.95
    assert abs(within[0]) < 0.3


def test_another_seed_is_all_that_changes():
    inner = make_pipeline(NMF(2, random_state=0), "passthrough")
    cluster = FrozenEstimator(KMeans(2, random_state=0))
    pipeline = make_pipeline(PatchSampler(8, random_state=0), inner, cluster)
    fresh = with_seed(pipeline, 7)
    assert [type(step).__name__ for _, step in fresh.steps] == [
        "PatchSampler",
        "NMF",
        "KMeans",
    ]
    for (_, step), old in zip(
        fresh.steps, (pipeline[0], inner[0], cluster.estimator), strict=True
    ):
        assert step is not old
        expected = clone(old).set_params(random_state=7).get_params()
        assert step.get_params() == expected
