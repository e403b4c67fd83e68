"""Tests of which test against chance decides: of layers, the one within their depth."""

from dataclasses import replace

import numpy as np
from numpy.random import RandomState
from trust.grids import cells, layered, noise, planted, soft

from sklearn_microarch.trust._against_chance import against_chance


def test_of_layers_labels_within_their_depth_decide():
    found = layered()
    grain = 0.2 * noise(found, 3, 3)
    maps = np.column_stack([soft(found, found.codes == 1) + grain, grain])
    test = against_chance(found, maps, 99, RandomState(0))
    assert test.of_layer.all()
    assert test.p_value.tolist() == test.deep.p_value.tolist()
    assert test.p_value[0] <= 0.05 < test.p_value[1]


def test_where_no_region_is_a_layer_depth_is_not_asked():
    found, rng = cells(), RandomState(0)
    maps = planted(found)[:, None]
    # Known in one region only: it is no layer of anything.
    known = replace(found, depth=np.where(found.codes == 2, 0.5, np.nan))
    with_depth = against_chance(known, maps, 99, RandomState(0))
    without = against_chance(found, maps, 99, rng)
    for test in (with_depth, without):
        assert not test.of_layer.any()
        assert np.isnan(test.deep.p_value).all()
        assert test.p_value.tolist() == without.moved.p_value.tolist()
