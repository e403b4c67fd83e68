"""Tests of sklearn_microarch.drift.blocks._feature_shift."""

import numpy as np
import pytest

from sklearn_microarch.drift.blocks._feature_shift import fit_region_centres


def blocks_of(rng, n=400, covariance=None):
    codes = np.repeat([0, 2], n)
    covariance = np.eye(3) if covariance is None else covariance
    means = rng.multivariate_normal(np.zeros(3), covariance, size=2 * n)
    means[codes == 2] += [5.0, 0.0, -5.0]
    return means, codes


def test_regions_move_in_deviations_between_cells(rng):
    """Along a direction of standard deviation 3, a shift of 3 is one of 1."""
    means, codes = blocks_of(rng, 20_000, np.diag([1.0, 9.0, 0.25]))
    regions = fit_region_centres(means, codes, 3)
    for axis, spread in enumerate([1.0, 3.0, 0.5]):
        shift = regions.compare(means + spread * np.eye(3)[axis], codes)
        np.testing.assert_allclose(shift.by_region[[0, 2]], np.sqrt(1 / 3), rtol=0.05)
        np.testing.assert_allclose(shift.common, spread * np.eye(3)[axis], atol=1e-9)


@pytest.mark.parametrize("n", [8, 500])
def test_independent_blocks_of_one_kind_have_a_shift_of_one(rng, n):
    found = []
    for _ in range(60):
        regions = fit_region_centres(*blocks_of(rng, 100), 3)
        found.append(regions.compare(*blocks_of(rng, n)).in_errors ** 2)
    assert np.mean(found) == pytest.approx(1, abs=0.2)


def test_columns_that_never_vary_do_not_move():
    codes = np.repeat([0, 1], 50)
    means = np.full((100, 1), -13.8155)
    regions = fit_region_centres(means, codes, 2)
    assert regions.compare(means[:37], codes[:37]).in_errors < 1e-3


def test_the_same_shift_is_clearer_with_more_cells(rng):
    means, codes = blocks_of(rng, 4000)
    regions = fit_region_centres(means, codes, 3)
    few, many = (
        regions.compare(new + 0.5, kinds).in_errors
        for new, kinds in (blocks_of(rng, 20), blocks_of(rng, 2000))
    )
    assert many > 3 * few


def test_other_proportions_of_regions_are_no_shift(rng):
    means, codes = blocks_of(rng)
    regions = fit_region_centres(means, codes, 3)
    assert regions.compare(means, codes).in_errors == pytest.approx(0, abs=1e-9)
    fewer = np.concatenate([means[:400], means[400:420]])
    assert regions.compare(fewer, codes[:420]).in_errors < 2
    pooled = np.linalg.norm(fewer.mean(axis=0) - means.mean(axis=0))
    assert pooled > 3


def test_regions_on_one_side_only_are_unknown(rng):
    means, codes = blocks_of(rng)
    regions = fit_region_centres(means, codes, 4)
    shift = regions.compare(means[:10], np.full(10, 1))
    assert (shift.in_errors, shift.weight) == (0, 0)
    assert np.isnan(shift.by_region).all()
    shift = regions.compare(means[:10], codes[:10])
    assert np.isfinite(shift.by_region).tolist() == [True, False, False, False]


def test_few_cells_in_many_columns_are_shrunk(rng):
    means = rng.normal(size=(6, 16))
    regions = fit_region_centres(means, np.zeros(6, dtype=int), 1)
    assert np.isfinite(regions.axes).all()
    assert np.abs(regions.axes).max() < 10
