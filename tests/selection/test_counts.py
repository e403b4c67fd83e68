"""Tests of sklearn_microarch.selection._counts."""

import numpy as np
import pytest

from sklearn_microarch.selection._activity import pack_activity
from sklearn_microarch.selection._counts import count_activity


def count(active, codes, n_regions):
    activity = pack_activity(active, 0.5, name="X", whom="the caller")
    return count_activity(activity, codes, n_regions=n_regions)


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("count_unannotated", [False, True])
@pytest.mark.parametrize("n_factors", [5, 8, 15])
def test_counts_match_sets_counted_one_pair_at_a_time(
    rng, normalize, count_unannotated, n_factors
):
    active = rng.uniform(size=(60, n_factors)) > 0.6
    codes = rng.integers(0, 4, size=60).astype(np.uint8)
    coverage, leakage = count(active, codes, 3).coverage_and_leakage(
        normalize=normalize, count_unannotated=count_unannotated
    )
    everywhere = range(60) if count_unannotated else np.flatnonzero(codes < 3).tolist()
    for factor in range(n_factors):
        on = set(np.flatnonzero(active[:, factor]))
        for region in range(3):
            inside = set(np.flatnonzero(codes == region))
            outside = set(everywhere) - inside
            covered, leaked = len(on & inside), len(on & outside)
            if normalize:
                covered, leaked = covered / len(inside), leaked / len(outside)
            assert coverage[factor, region] == covered
            assert leakage[factor, region] == leaked


def test_integers_are_exact_over_many_batches(rng):
    active = rng.uniform(size=(100_000, 11)) > 0.3
    codes = rng.integers(0, 7, size=100_000).astype(np.uint8)
    counts = count(active, codes, 6)
    for region in range(7):
        expected = active[codes == region].sum(axis=0)
        np.testing.assert_array_equal(counts.active[:, region], expected)
    np.testing.assert_array_equal(counts.samples, np.bincount(codes))


def test_a_sample_of_no_region_leaks_for_every_region():
    counts = count(np.ones((3, 1)), np.array([0, 1, 2], dtype=np.uint8), 2)
    coverage, leakage = counts.coverage_and_leakage(
        normalize=False, count_unannotated=True
    )
    assert coverage.tolist() == [[1.0, 1.0]]
    assert leakage.tolist() == [[2.0, 2.0]]


def test_a_region_that_is_everywhere_has_no_leakage():
    active = np.array([[True, False], [True, True]])
    counts = count(active, np.zeros(2, dtype=np.uint8), 1)
    coverage, leakage = counts.coverage_and_leakage(
        normalize=True, count_unannotated=True
    )
    assert leakage.tolist() == [[0.0], [0.0]]
    assert coverage.tolist() == [[1.0], [0.5]]


def test_more_regions_than_samples_in_a_batch_are_counted(rng):
    codes = rng.permutation(np.arange(3000)).astype(np.uint16)
    active = rng.uniform(size=(3000, 2)) > 0.5
    counts = count(active, codes, 3000)
    np.testing.assert_array_equal(counts.active[:, codes], active.T)
