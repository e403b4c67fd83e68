"""Tests of how well random maps agree with other networks inside regions."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import RandomState
from trust.grids import PATCH, cells, network, noise

from sklearn_microarch.trust._gather_figures import agree
from sklearn_microarch.trust.again._by_accident import agree_by_accident

N_DRAWS = 99


def p_values(ours, others, seed=0, n_draws=N_DRAWS):
    found = cells()
    networks = [network(maps, at) for at, maps in enumerate((ours, *others))]
    _, within = agree(found, networks[0], networks[1:])
    rng = RandomState(seed)
    return within, agree_by_accident(
        found, networks[0], networks[1:], within, n_draws=n_draws, rng=rng
    )


def smooth(width, n_maps, seed):
    """Return maps of one grain, each beside a region that all networks mark."""
    found = cells()
    return np.column_stack(
        [
            4.0 * (found.codes == 2) + noise(found, width, 100 * seed + at)
            for at in range(n_maps)
        ]
    )


def test_what_networks_share_inside_regions_is_beyond_accident():
    shared = smooth(PATCH, 3, 1)
    within, found = p_values(shared, [shared, shared])
    assert within.min() > 0.9
    assert found.tolist() == [1 / (N_DRAWS + 1)] * 3


def test_what_they_do_not_share_is_not():
    # Maps of their own beside the region: a report in twenty may call one of its maps
    # so, and of twelve reports four and more are one in 400.
    called = 0
    for seed in range(12):
        ours, *others = (smooth(PATCH, 2, 3 * seed + at) for at in range(3))
        _, found = p_values(ours, others, seed, n_draws=39)
        called += bool((found <= 0.05).any())
    assert called < 4


def test_smooth_maps_need_to_agree_better_than_fine_ones():
    # Of the same agreement, half.
    found, p_value = cells(), {}
    for width in (PATCH / 2, 3 * PATCH):
        ours, *others = (network(smooth(width, 4, at), at) for at in range(3))
        p_value[width] = agree_by_accident(
            found, ours, others, np.full(4, 0.5), n_draws=N_DRAWS, rng=RandomState(0)
        )
    assert p_value[PATCH / 2].max() <= 0.02
    assert p_value[3 * PATCH].min() > 0.05


def test_the_choice_among_many_maps_makes_accidents_likelier():
    found = cells()
    ours = network(smooth(2 * PATCH, 1, 0), 0)
    null = {}
    for n_maps in (1, 20):
        theirs = network(smooth(2 * PATCH, n_maps, 5), 1)
        null[n_maps] = agree_by_accident(
            found, ours, [theirs], np.array([0.3]), n_draws=N_DRAWS, rng=RandomState(0)
        )[0]
    assert null[20] > 2 * null[1]


def test_clusters_are_asked_too_and_no_networks_say_nothing():
    found = cells()
    maps = smooth(PATCH, 2, 1)
    one = network(maps, 0)
    with_clusters = replace(one, clusters=(maps > np.median(maps)).astype(float))
    within = np.ones(4)
    p_value = agree_by_accident(
        found, with_clusters, [with_clusters], within, n_draws=19, rng=RandomState(0)
    )
    assert p_value == pytest.approx(np.full(4, 0.05))
    nothing = agree_by_accident(
        found, one, [], within[:2], n_draws=19, rng=RandomState(0)
    )
    assert np.isnan(nothing).all()
