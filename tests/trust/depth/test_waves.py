"""Tests of maps redrawn within bands of depth."""

import numpy as np
import pytest
from numpy.random import RandomState
from trust.grids import layered, noise

from sklearn_microarch.trust.depth._bands import find_bands
from sklearn_microarch.trust.depth._waves import find_waves, redraw_waves


def sorted_maps(found, bands):
    """Return two maps of one grain, sorted as the bands are."""
    maps = np.column_stack([noise(found, 4, 1), noise(found, 4, 2)])
    return maps[bands.order]


def means(bands, values):
    """Return the mean of each band (n_bands,)."""
    return np.bincount(bands.bands, values) / np.bincount(bands.bands)


def steps(bands, values):
    """Return the mean squared step (n,) from cell to cell, within bands."""
    return (np.diff(values, axis=0)[np.diff(bands.bands) == 0] ** 2).mean(axis=0)


def test_waves_that_are_not_moved_are_the_map():
    found = layered()
    bands = find_bands(found)
    maps = sorted_maps(found, bands)

    class Still:
        def uniform(self, *limits_and_shape):
            return np.zeros(limits_and_shape[-1])

    assert redraw_waves(find_waves(bands, maps), Still()) == pytest.approx(maps)


def test_redrawn_maps_have_the_grain_of_theirs_and_lie_elsewhere():
    found, rng = layered(), RandomState(0)
    bands = find_bands(found)
    maps = sorted_maps(found, bands)
    waves = find_waves(bands, maps)
    drawn = np.array([redraw_waves(waves, rng) for _ in range(60)])
    assert np.mean([steps(bands, one) for one in drawn], axis=0) == pytest.approx(
        steps(bands, maps), rel=0.1
    )
    alike = [np.corrcoef(one[:, 0], maps[:, 0])[0, 1] for one in drawn]
    # What two bands show together is kept: so are their means, of both maps.
    assert abs(np.mean(alike)) < 0.25
    assert np.abs(alike).max() < 0.95


def test_bands_and_maps_are_moved_alike_and_slices_by_themselves():
    found = layered(animals=("m1", "m2"))
    bands = find_bands(found)
    own = noise(found, 4, 1)
    # The same in all bands of both slices: a function of the column.
    columns = own[: found.shapes[0][1]][found.at[:, 2]]
    maps = np.column_stack([columns, -2 * columns])[bands.order]
    even = np.isin(bands.lengths, 96)
    drawn = redraw_waves(find_waves(bands, maps), RandomState(0))
    assert drawn[:, 1] == pytest.approx(-2 * drawn[:, 0])
    first, second = (
        drawn[(bands.slices == index) & even, 0].reshape(-1, 96) for index in (0, 1)
    )
    # A band may run the other way: its cells are sorted along one axis.
    assert np.abs(first - first[0]).max() < 1e-9
    assert np.abs(second - second[0]).max() < 1e-9
    assert np.abs(first[0] - second[0]).max() > 0.1
