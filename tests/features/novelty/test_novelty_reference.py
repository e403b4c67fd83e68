"""Tests of sklearn_microarch.features.novelty._novelty_reference."""

import numpy as np
import pytest

from sklearn_microarch.features.novelty._novelty_reference import learn_reference
from sklearn_microarch.features.novelty._region_distance import region_distance
from sklearn_microarch.features.novelty._region_forms import fit_region_forms


def novelty(rows, reference):
    return region_distance(rows, reference, device="cpu")


@pytest.fixture
def rows(rng):
    """Return rows of three regions of other spread, and their codes."""
    codes = np.repeat([0, 1, 2], [300, 400, 500])
    spread = np.array([1.0, 3.0, 0.5])[codes]
    centres = rng.normal(scale=9, size=(3, 12))
    return centres[codes] + spread[:, None] * rng.normal(size=(1200, 12)), codes


def test_nineteen_in_twenty_of_the_rows_held_out_are_known(rows):
    features, codes = rows
    fitted, held_out = np.arange(0, 1200, 2), np.arange(1, 1200, 2)
    reference = learn_reference(features, codes, fitted, [(fitted, held_out)])
    found = novelty(features[held_out], reference)
    assert (found <= 1.00001).mean() == pytest.approx(0.95, abs=0.002)
    # Of no region is all unknown, or all known.
    for code in range(3):
        assert 0.86 < (found[codes[held_out] == code] <= 1).mean() < 1


def test_what_lies_between_regions_or_beyond_is_unknown(rows):
    features, codes = rows
    every = np.arange(1200)
    reference = learn_reference(features, codes, every, [(every, every)])
    centres = np.stack([features[codes == code].mean(axis=0) for code in range(3)])
    between = (centres + np.roll(centres, 1, axis=0)) / 2
    assert (novelty(between, reference) > 1).all()
    assert (novelty(centres, reference) < 0.3).all()
    away = centres[0] + np.outer([10, 100, 1000], np.eye(12)[3])
    far = novelty(away, reference)
    assert (np.diff(far) > 0).all()


def test_it_is_one_sum_of_squares_of_all_distances(rows):
    features, codes = rows
    every = np.arange(1200)
    reference = learn_reference(features, codes, every, [(every, every)])
    main = np.eye(12)
    forms = fit_region_forms(features, codes, 3, main, main[:, :0])[:2]
    allowed = []
    for form in forms:
        own = form.distances(features)[every, codes]
        usual = np.array([np.quantile(own[codes == code], 0.95) for code in range(3)])
        allowed.append(np.sqrt(usual * np.median(usual)))
    squares = sum(
        (form.distances(features) / most) ** 2
        for form, most in zip(forms, allowed, strict=True)
    )
    nearest = np.sqrt(squares.min(axis=1))
    np.testing.assert_allclose(
        novelty(features, reference),
        nearest / np.quantile(nearest, 0.95),
        rtol=2e-4,
    )


@pytest.mark.parametrize(("n_features", "n_seen"), [(16, 16), (40, 40), (300, 64)])
def test_sixteen_main_axes_are_looked_at_by_region_and_the_next_by_all(
    rng, n_features, n_seen
):
    codes = np.arange(600) % 6
    features = rng.normal(size=(600, n_features)) + codes[:, None]
    every = np.arange(600)
    reference = learn_reference(features, codes, every, [(every, every)])
    assert reference.axes.shape == (16, 6, 16)
    # Where there is nothing beyond, a column is kept that is zero.
    assert reference.seen.shape == (n_features, max(n_seen, 17))
    assert 0.94 < (novelty(features, reference) <= 1).mean() < 0.96


def test_what_is_beyond_the_main_axes_counts_too(rng):
    spread = np.repeat([3.0, 0.1], [16, 8])
    codes = np.repeat([0, 1], 400)
    features = spread * rng.normal(size=(800, 24)) + 9 * codes[:, None]
    every = np.arange(800)
    reference = learn_reference(features, codes, every, [(every, every)])
    assert reference.rest.shape == (2, 8)
    moved = features[:400].copy()
    moved[:, 20] += 3  # thirty deviations, a tenth of one of the main axes
    assert (novelty(moved, reference) > 1).all()


def test_rows_that_are_all_alike_are_known_and_nothing_else_is():
    features, codes = np.ones((6, 4)), np.array([0, 0, 0, 1, 1, 1])
    every = np.arange(6)
    reference = learn_reference(features, codes, every, [(every, every)])
    np.testing.assert_allclose(novelty(features, reference), 0, atol=1e-6)
    assert novelty(features + 2, reference).min() > 1


def test_a_region_that_is_not_held_out_is_given_what_is_usual(rows):
    features, codes = rows
    every = np.arange(1200)
    fold = every, np.flatnonzero(codes > 0)
    reference = learn_reference(features, codes, every, [fold])
    found = novelty(features[codes == 0], reference)
    assert np.isfinite(found).all()
    assert np.median(found) < 1
