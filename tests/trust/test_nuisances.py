"""Tests of how much of a map nuisances explain."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from trust.grids import COLS, PATCH, cells, noise, planted

from sklearn_microarch.trust.nuisances._blocked_r2 import (
    Predictors,
    blocked_r2,
    free,
)
from sklearn_microarch.trust.nuisances._explain import explain_maps
from sklearn_microarch.trust.nuisances._predictors import (
    GRADIENT,
    curve,
    curve_of_share,
)
from sklearn_microarch.trust.nuisances._within import (
    left_beyond_logits,
    without_region_means,
)


def best_of(maps, found=None):
    found = cells() if found is None else found
    explained = explain_maps(found, maps)
    names = list(explained.alone)
    table = np.array([explained.alone[name] for name in names])
    return explained, [names[at] for at in table.argmax(axis=0)], table.max(axis=0)


def test_the_share_is_that_of_ridge_regression_on_held_out_folds(rng):
    columns, folds = rng.normal(size=(60, 3)), np.repeat(np.arange(4), 15)
    values = columns @ rng.normal(size=(3, 2)) + rng.normal(size=(60, 2))
    centred = values - values.mean(axis=0)
    rest = np.empty_like(values)
    for fold in range(4):
        test = folds == fold
        ridge = Ridge(2.0, fit_intercept=False).fit(columns[~test], centred[~test])
        rest[test] = centred[test] - ridge.predict(columns[test])
    expected = 1 - (rest**2).sum(axis=0) / (centred**2).sum(axis=0)
    found = blocked_r2(values, Predictors(columns, np.full(3, 2.0)), folds)
    assert found == pytest.approx(expected, abs=1e-4)


def test_noise_and_constants_are_not_explained(rng):
    values = np.column_stack([rng.normal(size=80), np.ones(80)])
    share = blocked_r2(values, free(rng.normal(size=(80, 30))), np.arange(80) % 5)
    assert share.tolist() == [0.0, 0.0]


def test_a_curve_has_hats_that_add_up_to_one(rng):
    hats = curve(rng.normal(size=50))
    assert hats.sum(axis=1) == pytest.approx(1.0)
    assert curve(np.zeros(5)).tolist() == [[1.0]] * 5


def test_a_share_that_is_mostly_nothing_bends_where_there_is_some(rng):
    share = np.where(np.arange(100) < 90, 0.0, rng.uniform(0.1, 0.4, size=100))
    hats = curve_of_share(share)
    assert hats.sum(axis=1) == pytest.approx(1.0)
    assert (hats[:90] == np.eye(hats.shape[1])[0]).all()
    assert hats.shape[1] > 4
    assert curve_of_share(np.zeros(5)).tolist() == [[1.0]] * 5
    assert curve_of_share(np.full(5, 0.2)).sum(axis=1) == pytest.approx(1.0)


def test_each_nuisance_is_told_from_the_others():
    found = cells()
    rows, cols = found.at[:, 1], found.at[:, 2]
    streaks = np.random.default_rng(1).normal(size=COLS)
    maps = np.column_stack(
        [
            streaks[rows],
            streaks[cols],
            rows + 2.0 * cols,
            np.exp(-found.border_distance() / 3),
            found.grey,
        ]
    )
    explained, names, shares = best_of(maps)
    assert names[:2] == ["row", "column"]
    assert names[3:] == ["distance to borders of regions", "grey level"]
    assert shares.min() > 0.8
    assert explained.alone[GRADIENT][2] > 0.99
    assert explained.gradient_inside[2] > 0.99
    assert explained.gradient_inside[:2].max() < 0.2
    # At borders of regions, what they leave of a gradient jumps.
    assert 0.7 < explained.smooth[2] < 1.0
    assert explained.smooth[:2].max() < 0.5


def test_patches_that_mix_regions_are_a_nuisance():
    found = cells()
    # More than half of a patch in other regions is where a region ends in a corner: the
    # distance to the border is the same beside a straight one.
    impure = found.impurity()
    assert impure.max() > 0.5
    explained, names, shares = best_of(np.maximum(impure - 0.3, 0)[:, None])
    assert names == ["impurity"]
    assert shares[0] > 0.9
    assert explained.alone["distance to borders of regions"][0] < 0.8


def test_impurity_is_the_share_of_other_regions_in_what_is_annotated():
    found = cells()
    grid, impure = found.lay_out(found.codes, 0), found.impurity()
    for at in range(0, len(found.at), 7):
        row, col = found.at[at, 1:].tolist()
        seen = grid[
            max(0, row - PATCH // 2) : row + PATCH // 2 + 1,
            max(0, col - PATCH // 2) : col + PATCH // 2 + 1,
        ]
        seen = seen[seen >= 0]
        own = found.codes[at]
        assert impure[at] == pytest.approx((seen != own).mean() if own >= 0 else 0)
    assert (impure[found.annotated] == 0).mean() > 0.3


def test_the_edge_of_the_tissue_is_a_nuisance():
    found = cells()
    # Tissue with a bay, so that its edge is no mere frame of rows and columns.
    rows, cols = found.at[:, 1], found.at[:, 2]
    found = found.take((rows - 10) ** 2 + (cols - 70) ** 2 > 150)
    rim = np.exp(-found.edge_distance() / 6)
    explained, names, _ = best_of(rim[:, None], found)
    assert names == ["distance to the tissue's edge"]
    assert explained.alone[names[0]][0] > 0.9


def test_a_region_is_explained_by_the_regions():
    found = cells()
    explained, _, shares = best_of(planted(found)[:, None])
    assert explained.by_regions[0] > 0.7
    gained = max(one[0] for one in explained.both.values()) - explained.by_regions[0]
    assert gained < 0.1
    assert shares[0] < explained.by_regions[0]


def test_distances_are_those_to_the_next_cell_outside():
    found = cells()
    edge = found.lay_out(found.edge_distance(), 0)
    assert edge[0, 0] == 1
    assert edge[20, 3] == 4
    border = found.lay_out(found.border_distance(), 0)
    assert border[0, 0] == 0
    assert border[9, 17] == 1


def test_region_means_are_taken_out(rng):
    codes = np.array([0, 0, 1, 1, 1])
    rest = without_region_means(rng.normal(size=(5, 2)), codes)
    assert rest[:2].mean(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert rest[2:].mean(axis=0) == pytest.approx([0, 0], abs=1e-12)


def test_what_logits_say_is_not_left(rng):
    codes, logits = np.repeat([0, 1], 200), rng.normal(size=(400, 2))
    own = noise(cells(), 1.0, 3)[:400]
    maps = np.column_stack([logits @ [1.0, -2.0] + 5 * codes, own, np.zeros(400)])
    left = left_beyond_logits(maps, logits, codes)
    assert left[0] < 1e-9
    assert left[1] > 0.9
    assert np.isnan(left[2])
    assert np.isnan(left_beyond_logits(maps[:8], logits[:8], codes[:8])).all()
