"""Tests of sklearn_microarch.features.novelty._region_forms."""

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from sklearn_microarch.features.novelty._region_forms import fit_region_forms


def all_of(rows):
    """Return all axes as main ones, and none as the rest."""
    return np.eye(rows.shape[1]), np.zeros((rows.shape[1], 0))


@pytest.fixture
def regions(rng):
    """Return rows of two regions that vary along other directions, and their codes."""
    long, wide = np.diag([9.0, 1.0, 1.0, 0.25]), np.diag([1.0, 9.0, 1.0, 0.25])
    mixed = rng.normal(size=(4, 4))
    rows = [
        rng.multivariate_normal([0, 0, 0, 0], long, 6000),
        rng.multivariate_normal([4, 2, 0, 0], wide, 4000),
    ]
    return np.concatenate(rows) @ mixed, np.repeat([0, 1], [6000, 4000])


def test_distances_are_mahalanobis_distances_to_each_region(regions):
    rows, codes = regions
    everything, _, _ = fit_region_forms(rows, codes, 2, *all_of(rows))
    found = everything.distances(rows[::1000])
    for code in (0, 1):
        own = rows[codes == code]
        inverse = np.linalg.inv(np.cov(own.T))
        expected = [mahalanobis(row, own.mean(axis=0), inverse) for row in rows[::1000]]
        np.testing.assert_allclose(found[:, code], expected, rtol=0.05)


def test_the_second_form_sees_what_linear_discriminants_see(regions):
    rows, codes = regions
    _, between, _ = fit_region_forms(rows, codes, 2, *all_of(rows))
    lda = LinearDiscriminantAnalysis(solver="eigen").fit(rows, codes)
    shown = lda.transform(rows[::1000])[:, 0]
    for code in (0, 1):
        own = lda.transform(rows[codes == code])[:, 0]
        expected = np.abs(shown - own.mean()) / own.std()
        found = between.distances(rows[::1000])[:, code]
        np.testing.assert_allclose(found, expected, rtol=0.03, atol=0.02)


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (np.ones((6, 3)), [0, 0, 0, 1, 1, 1]),
        (np.eye(3), [0, 1, 2]),
        (np.eye(4)[:, :3], [0, 0, 0, 2]),
        (np.arange(6.0)[:, None] * [1, 0, 0], [0, 0, 0, 1, 1, 1]),
    ],
    ids=["all alike", "a row each", "a region missing", "dead features"],
)
@pytest.mark.parametrize("n_main", [3, 1])
def test_few_or_constant_rows_give_finite_forms(rows, codes, n_main):
    codes = np.array(codes)
    for form in fit_region_forms(
        rows, codes, 3, *np.split(np.eye(3), [n_main], axis=1)
    ):
        found = form.distances(rows)
        known = np.isin(np.arange(3), codes)
        assert np.isfinite(found[:, known]).all()
        assert np.isinf(found[:, ~known]).all()


def test_a_region_of_few_rows_borrows_the_covariance_of_the_others(rng):
    spread = np.array([5.0, 1.0, 0.2])
    many, few = rng.normal(size=(500, 3)) * spread, rng.normal(size=(2, 3)) * spread
    rows, codes = np.concatenate([many, few]), np.repeat([0, 1], [500, 2])
    everything, _, _ = fit_region_forms(rows, codes, 2, *all_of(rows))
    steps = np.eye(3) * spread + few.mean(axis=0)
    found = everything.distances(steps)[:, 1]
    np.testing.assert_allclose(found, 1.0, rtol=0.4)


def test_of_one_covariance_the_parts_are_the_whole_mahalanobis_distance(rng):
    """Main directions, and what they do not tell of the rest, leave nothing out."""
    mixed = rng.normal(size=(6, 6))
    rows, codes = rng.normal(size=(8000, 6)) @ mixed, rng.integers(0, 2, 8000)
    axes = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    main, _, beyond = fit_region_forms(rows, codes, 2, axes[:, :2], axes[:, 2:])
    some = rows[::1000]
    found = np.hypot(main.distances(some), beyond.distances(some))
    inverse = np.linalg.inv(np.cov(rows.T))
    for code in (0, 1):
        centre = rows[codes == code].mean(axis=0)
        expected = [mahalanobis(row, centre, inverse) for row in some]
        np.testing.assert_allclose(found[:, code], expected, rtol=0.05)
