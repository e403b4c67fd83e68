"""Tests of what chance alone would do."""

import numpy as np
import pytest
from numpy.random import RandomState
from sklearn.metrics import roc_auc_score
from trust.grids import PATCH, cells, noise, planted

from sklearn_microarch.trust.nulls._follows_place import follow_place
from sklearn_microarch.trust.nulls._follows_region import follow_regions
from sklearn_microarch.trust.nulls._maximum import corrected_p_values
from sklearn_microarch.trust.nulls._placements import (
    LEAST_INSIDE,
    draw_places,
    find_placements,
    move_labels,
)
from sklearn_microarch.trust.nulls._region_auc import (
    rank_levels,
    region_auc,
    untied_auc,
)
from sklearn_microarch.trust.nulls._slices_needed import slices_needed
from sklearn_microarch.trust.nulls._surrogates import (
    draw_surrogate,
    fit_grain,
    variogram,
)


def test_auc_is_that_of_scikit_learn(rng):
    codes = rng.integers(-1, 3, size=300)
    values = np.column_stack(
        [rng.normal(size=300).round(1), rng.integers(0, 2, 300), rng.normal(size=300)]
    )
    kept = codes >= 0
    # All values keep a level of their own, so that nothing is rounded.
    found = region_auc(rank_levels(values[:, :2]), codes, 3)
    for at in range(2):
        for code in range(3):
            expected = roc_auc_score(codes[kept] == code, values[kept, at])
            assert found[at, code] == pytest.approx(expected, abs=1e-12)
    for code, one in enumerate(untied_auc(values[kept, 2], codes[kept], 3)):
        expected = roc_auc_score(codes[kept] == code, values[kept, 2])
        assert one == pytest.approx(expected, abs=1e-12)


def test_a_region_without_cells_has_no_auc():
    found = region_auc(np.arange(4)[:, None], np.array([0, 0, 1, 1]), 3)
    assert found[0, 1] == 1.0
    assert np.isnan(found[0, 2])


def test_every_placement_keeps_the_share_that_is_asked_for_and_no_other_does():
    codes = np.full((7, 9), -1)
    codes[1:4, 2:6], codes[2, 3] = 0, 1
    tissue = np.ones((7, 9), dtype=bool)
    tissue[0, :4] = False
    found = find_placements(codes, tissue)
    n_annotated = (codes >= 0).sum()
    listed = {tuple(one) for one in found.places.tolist()}
    assert len(listed) == len(found.places)
    for pose in range(8):
        for row in range(-9, 9):
            for col in range(-9, 9):
                moved = move_labels(codes, np.array([pose, row, col]))
                share = (tissue & (moved >= 0)).sum() / n_annotated
                is_own = (pose, row, col) == (0, 0, 0)
                expected = share >= LEAST_INSIDE - 1e-6 and not is_own
                assert ((pose, row, col) in listed) == expected
    assert found.n_dropped > 0


def test_labels_are_moved_turned_and_mirrored_as_they_are():
    codes = np.arange(6).reshape(2, 3)
    assert np.array_equal(move_labels(codes, np.array([0, 0, 0])), codes)
    assert move_labels(codes, np.array([0, 1, -1])).tolist() == [
        [-1, -1, -1],
        [1, 2, -1],
    ]
    assert np.array_equal(move_labels(codes, np.array([4, 0, 0])), codes[:, ::-1])
    assert np.array_equal(move_labels(codes, np.array([2, 0, 0])), codes[::-1, ::-1])


def test_fewer_places_than_draws_are_drawn_again():
    codes = np.full((6, 6), -1)
    codes[1:5, 1:5] = 0
    found = find_placements(codes, np.ones((6, 6), dtype=bool))
    drawn = draw_places(found, 5000, RandomState(0))
    assert len(np.unique(drawn, axis=0)) == len(found.places)


def test_the_smallest_p_of_all_maps_is_what_each_is_compared_with():
    null = np.array([[0.0, 5.0], [1.0, 2.0], [2.0, 1.0]])
    observed = np.array([3.0, 3.0])
    # Own p values are 1/4 and 2/4; of the three draws, the smallest are 1/4, 3/4, 2/4.
    # The first is compared with those, the second with its own.
    assert corrected_p_values(observed, null).tolist() == [0.5, 0.5]
    assert corrected_p_values(observed[::-1], null[:, ::-1]).tolist() == [0.5, 0.5]
    assert corrected_p_values(observed[:1], null[:, :1]).tolist() == [0.25]


def test_a_map_that_stands_out_costs_others_nothing_and_one_that_does_not_does(rng):
    null = rng.normal(size=(999, 3))
    alone = corrected_p_values(np.array([2.2]), null[:, :1])[0]
    beside = corrected_p_values(np.array([2.2, 9.0, 9.0]), null)
    assert beside[0] == pytest.approx(alone)
    assert beside[1:].max() < 0.01
    among = corrected_p_values(np.array([2.2, 0.0, 0.1]), null)
    assert among[0] == pytest.approx(3 * alone, rel=0.3)
    # A worse map has no smaller p value than a better one.
    assert among[0] < among[2] <= among[1]


def test_few_draws_tell_one_map_of_many_from_chance(rng):
    null = rng.normal(size=(199, 20))
    # In a tenth of the draws some map is the best of its own.
    observed = np.append(rng.normal(size=19), 8.0)
    assert corrected_p_values(observed, null)[-1] == 1 / 200


@pytest.mark.parametrize("n_maps", [4, 30])
def test_in_one_report_in_twenty_of_nothing_something_is_found(n_maps, rng):
    hits = 0
    for _ in range(400):
        # Maps of other spreads, one in three with an upper limit.
        drawn = rng.normal(size=(100, n_maps)) * np.arange(1, n_maps + 1)
        drawn[:, ::3] = -np.abs(drawn[:, ::3])
        hits += bool((corrected_p_values(drawn[0], drawn[1:]) <= 0.05).any())
    # 20 of 400; more than 34 happen once in a thousand times.
    assert hits <= 34


def test_so_many_slices_are_needed_as_chance_must_shrink(rng):
    null = rng.normal(size=(9999, 4))
    # 2.24 stands for 0.05 over four maps.
    observed = np.array([2.0, 1.2, 0.2, -1.0])
    assert slices_needed(observed, null, 1).tolist() == [2, 4, 0, 0]
    assert slices_needed(observed, null, 2).tolist() == [3, 7, 0, 0]


def test_a_planted_region_is_followed_and_smooth_noise_is_not():
    found = cells()
    maps = np.column_stack([planted(found), noise(found, 8, 1), noise(found, 4, 2)])
    test = follow_regions(found, maps, 299, RandomState(0))
    assert found.regions[test.region[0]] == "right"
    assert test.auc[0] > 0.95
    assert test.p_value[0] <= 0.02
    assert test.p_value[1:].min() > 0.05
    assert test.n_placements > 500
    assert test.n_dropped > 0


def test_labels_that_fill_the_tissue_cannot_be_moved():
    found = cells().take(cells().annotated)
    test = follow_regions(found, planted(found)[:, None], 19, RandomState(0))
    # Shifts by a few cells are left.
    assert (
        test.n_placements
        < follow_regions(
            cells(), planted(cells())[:, None], 19, RandomState(0)
        ).n_placements
    )
    one = found.take(np.arange(len(found.at)) < 1)
    few = follow_regions(one, np.zeros((1, 1)), 19, RandomState(0))
    assert np.isnan(few.p_value).all()


def test_surrogates_have_the_variogram_of_their_map():
    found, lags = cells(), np.array([1, 3, 6, 12])
    target = noise(found, PATCH, 3) + 0.3 * noise(found, 0.1, 4)
    grain = fit_grain(found, target, RandomState(0))
    rng = RandomState(1)
    drawn = [
        variogram(found, draw_surrogate(found, grain, rng), lags) for _ in range(30)
    ]
    expected = variogram(found, target, lags)
    assert np.mean(drawn, axis=0) == pytest.approx(expected, abs=0.15)
    # Of white noise it is the same at all lags.
    white = fit_grain(found, noise(found, 0.1, 5), RandomState(0))
    assert white.white > white.smooth or white.width <= 0.25 * PATCH


def test_a_planted_region_is_beyond_random_maps_of_its_grain():
    found = cells()
    maps = np.column_stack([planted(found), noise(found, 8, 6)])
    p_values = follow_place(found, maps, 99, RandomState(0))
    assert p_values[0] <= 0.03
    assert p_values[1] > 0.05
