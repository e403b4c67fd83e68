"""Tests of whether maps say more of layers than depth does."""

from dataclasses import replace

import numpy as np
from numpy.random import RandomState
from trust.grids import cells, layered, noise, soft

from sklearn_microarch.trust.depth._more_than_depth import find_layers, more_than_depth


def test_a_region_is_a_layer_where_most_of_its_cells_have_a_depth():
    found = layered()
    assert find_layers(found).tolist() == [True, True, True]
    partly = np.where(found.codes == 2, np.nan, found.depth)
    assert find_layers(replace(found, depth=partly)).tolist() == [True, True, False]
    # One region alone is no layer of anything.
    alone = np.where(found.codes == 1, found.depth, np.nan)
    assert not find_layers(replace(found, depth=alone)).any()
    assert not find_layers(cells()).any()


def test_smooth_depth_and_layers_are_told_apart():
    found = layered()
    depth = np.nan_to_num(found.depth)
    even = (depth > 0.35) & (depth < 0.65)
    grain = 0.2 * noise(found, 3, 3)
    maps = np.column_stack(
        [
            depth + 0.5 * grain,
            soft(found, found.codes == 1) + grain,
            soft(found, even) + grain,
            noise(found, 5, 7),
        ]
    )
    test = more_than_depth(found, maps, 199, RandomState(0))
    smooth, layer, step, nothing = range(4)
    assert test.by_depth[smooth] > test.by_labels[smooth] > 0.5
    assert test.by_labels[layer] > test.by_depth[layer]
    assert test.p_value[layer] <= 0.05
    # A step that lies at one depth everywhere is no more than that depth.
    assert (test.p_value[[smooth, step, nothing]] > 0.05).all()


def test_p_values_of_maps_of_nothing_are_small_no_more_often_than_they_should():
    found = layered()
    maps = np.column_stack([noise(found, 5, seed) for seed in range(60)])
    alone = [
        more_than_depth(found, one[:, None], 39, RandomState(0)).p_value[0]
        for one in maps.T
    ]
    # Of 60 maps, 5 % are 3; eight or more happen once in a hundred times.
    assert sum(p <= 0.05 for p in alone) < 8


def test_layers_that_are_depth_itself_cannot_be_redrawn():
    found = layered(uneven=0.0)
    test = more_than_depth(found, noise(found, 5, 1)[:, None], 19, RandomState(0))
    assert np.isnan(test.p_value).all()
