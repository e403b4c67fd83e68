"""Tests of bands of depth, and of labels redrawn within them."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import RandomState
from trust.grids import layered

from sklearn_microarch.trust.depth._bands import find_bands, redraw_within


def test_bands_are_one_cell_thick_and_run_along_the_cortex():
    found = layered()
    bands = find_bands(found)
    assert len(bands.order) == len(set(bands.order.tolist())) == 36 * 96
    rows, cols = found.at[bands.order, 1], found.at[bands.order, 2]
    for band in np.unique(bands.bands):
        here = bands.bands == band
        assert len(np.unique(rows[here])) <= 2
        assert len(set(np.sign(np.diff(cols[here])).tolist()) - {0}) == 1


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_labels_are_redrawn_in_their_band_and_slice_without_a_break(seed):
    found = layered(animals=("m1", "m2"))
    bands = find_bands(found)
    source = redraw_within(bands, RandomState(seed))
    assert (bands.bands[source] == bands.bands).all()
    assert (bands.slices[source] == bands.slices).all()
    codes = found.codes[bands.order]
    assert (codes[source] != codes).any()
    for band in np.unique(bands.bands):
        here = bands.bands == band
        # Neighbours come from neighbours, or twice from the end that is mirrored.
        assert (np.abs(np.diff(source[here])) <= 1).all()
        assert (np.diff(source[here]) == 0).sum() <= 1


def test_labels_are_moved_and_turned_about():
    bands = find_bands(layered())
    first = bands.bands == 0
    drawn = [redraw_within(bands, RandomState(seed))[first] for seed in range(20)]
    ends = {(one[0] < one[1], int(one[0])) for one in drawn}
    assert {forward for forward, _ in ends} == {True, False}
    assert len(ends) > 10


def test_bands_of_few_cells_and_cells_without_a_region_are_left_out():
    found = layered()
    sparse = replace(found, codes=np.where(found.at[:, 2] < 5, found.codes, -1))
    few = find_bands(sparse)
    assert len(few.order) == 0 or few.lengths.min() >= 8
    assert (sparse.codes[few.order] >= 0).all()
    # Places within a band are counted from where it begins among those left.
    assert (few.starts + few.ranks == np.arange(len(few.order))).all()


def test_where_depth_does_not_change_there_is_one_band():
    flat = replace(layered(), depth=np.zeros(45 * 96))
    bands = find_bands(flat)
    assert len(np.unique(bands.bands)) == 1
