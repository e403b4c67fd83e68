"""Tests of sklearn_microarch.drift.blocks._between_slices."""

import numpy as np
import pytest

from sklearn_microarch import Patches
from sklearn_microarch.drift._slice_rows import SliceRows
from sklearn_microarch.drift.blocks._baseline import fit_baseline, tabulate
from sklearn_microarch.drift.blocks._between_slices import (
    USUAL_VARIANCE,
    variance_between,
)
from sklearn_microarch.drift.blocks._feature_shift import fit_region_centres
from sklearn_microarch.drift.blocks._region_blocks import form_region_blocks

BLOCK, STEP, N_FEATURES = 32, 8, 5


def slices_of(rng, n, *, between, height=320, width=640):
    """Return rows of n slices whose regions differ by a variance beside their blocks'.

    Both variances are of the centres of blocks, whose own is 1.
    """
    grid = np.mgrid[16:height:STEP, 16:width:STEP].reshape(2, -1).T
    codes = (grid[:, 1] > width // 2).astype(int)
    features, positions = [], []
    for at in range(n):
        blocks = rng.normal(size=(height // BLOCK + 1, width // BLOCK + 1, N_FEATURES))
        found = blocks[grid[:, 0] // BLOCK, grid[:, 1] // BLOCK]
        moved = rng.normal(size=(2, N_FEATURES)) * np.sqrt(between)
        features.append(found + moved[codes] + 9 * codes[:, np.newaxis])
        positions.append(np.column_stack([np.full(len(grid), at), grid]))
    features = np.concatenate(features)
    features += 0.05 * rng.normal(size=features.shape)
    positions, n_rows = np.concatenate(positions), n * len(grid)
    return SliceRows(
        Patches([np.zeros((height, width))] * n, positions, 16),
        features.astype(np.float32),
        np.tile(codes, n),
        np.ones(n_rows, dtype=np.float32),
        None,
        None,
    )


def table_of(rows):
    region_blocks = form_region_blocks(rows.patches.positions, rows.codes, BLOCK)
    return tabulate(rows, region_blocks, 2)


def measured(rng, n, between):
    rows = slices_of(rng, n, between=between)
    support = np.ones(len(rows), dtype=bool)
    return variance_between(table_of(rows), support, 2, np.arange(n))


def test_of_one_slice_the_usual_variance_is_taken(rng):
    """For the slice itself and for the one that is compared with it."""
    assert measured(rng, 1, between=0.5) == pytest.approx(2 * USUAL_VARIANCE)


def test_of_many_slices_their_own_variance_is_found(rng):
    found = np.mean([measured(rng, 12, between=0.3) for _ in range(4)])
    # Eleven degrees of freedom beside a prior worth two.
    expected = (2 * USUAL_VARIANCE + 11 * 0.3) / 13 * (1 + 1 / 12)
    assert found == pytest.approx(expected, rel=0.35)


def test_slices_that_hardly_differ_narrow_the_allowance(rng):
    alike, different = measured(rng, 5, between=0), measured(rng, 5, between=0.2)
    assert alike < 2 * USUAL_VARIANCE < different


def test_slices_of_one_unit_say_nothing_of_others(rng):
    rows = slices_of(rng, 3, between=0.5)
    support = np.ones(len(rows), dtype=bool)
    found = variance_between(table_of(rows), support, 2, np.zeros(3, dtype=int))
    assert found == pytest.approx(2 * USUAL_VARIANCE)


def test_with_the_allowance_sections_that_differ_have_a_shift_of_one(rng):
    """However many blocks they hold; without it the shift grows with them."""
    plain, allowed = [], []
    for _ in range(30):
        rows = slices_of(rng, 2, between=0.1)
        table, support = table_of(rows), np.ones(len(rows), dtype=bool)
        first = table.region_blocks.blocks[:, 0] == 0
        for between, into in ((0.0, plain), (0.2, allowed)):
            baseline = fit_baseline(table, first, support, 2, between=between)
            into.append(baseline.compare(table, ~first).features.in_errors ** 2)
    assert np.mean(allowed) == pytest.approx(1, abs=0.25)
    assert np.mean(plain) > 5


def test_an_allowance_weighs_little_where_blocks_are_few(rng):
    codes = np.repeat([0, 1], 60)
    means = rng.normal(size=(120, 3))
    centres = fit_region_centres(means, codes, 2)
    few = rng.normal(size=(2, 3)) + 1, np.array([0, 1])
    many = rng.normal(size=(120, 3)) + 1, codes
    kept = [
        centres.compare(*new, 0.02).in_errors / centres.compare(*new).in_errors
        for new in (few, many)
    ]
    assert kept[0] == pytest.approx(1, abs=0.02)
    assert kept[1] < 0.8
