"""Tests of bands of depth."""

from dataclasses import replace

import numpy as np
from trust.grids import layered

from sklearn_microarch.trust.depth._bands import find_bands


def test_bands_are_one_cell_thick_and_run_along_the_cortex():
    found = layered()
    bands = find_bands(found)
    assert len(bands.order) == len(set(bands.order.tolist())) == 36 * 96
    rows, cols = found.at[bands.order, 1], found.at[bands.order, 2]
    for band in np.unique(bands.bands):
        here = bands.bands == band
        assert len(np.unique(rows[here])) <= 2
        assert len(set(np.sign(np.diff(cols[here])).tolist()) - {0}) == 1


def test_bands_of_few_cells_and_cells_without_a_region_are_left_out():
    found = layered()
    sparse = replace(found, codes=np.where(found.at[:, 2] < 5, found.codes, -1))
    few = find_bands(sparse)
    assert len(few.order) == 0 or few.lengths.min() >= 8
    assert (sparse.codes[few.order] >= 0).all()
    # Cells of a band follow each other, and places in it are counted from its begin.
    begins = np.flatnonzero(few.ranks == 0)
    assert few.lengths[begins].sum() == len(few.order)
    assert (np.diff(few.ranks)[np.diff(few.bands) == 0] == 1).all()


def test_where_depth_does_not_change_there_is_one_band():
    flat = replace(layered(), depth=np.zeros(45 * 96))
    bands = find_bands(flat)
    assert len(np.unique(bands.bands)) == 1
