"""Tests of sklearn_microarch.model_selection: features and borders."""

import numpy as np
import pytest

from sklearn_microarch.model_selection import (
    border_distance,
    dead_unit_share,
    participation_ratio,
)


@pytest.mark.parametrize("d", [1, 3, 7])
def test_participation_ratio_counts_independent_directions(rng, d):
    basis = np.linalg.qr(rng.normal(size=(20, d)))[0]
    features = rng.normal(size=(20000, d)) @ basis.T + 5
    assert participation_ratio(features) == pytest.approx(d, rel=0.01)
    assert participation_ratio(np.ones((5, 3))) == 0
    with pytest.raises(ValueError, match=r"features has shape \(3,\)"):
        participation_ratio([1, 2, 3])


def test_dead_units_are_zero_in_every_row():
    assert dead_unit_share([[0, 1, 0, 0], [0, 0, 2, 0]]) == 0.5


def test_each_region_is_trimmed_also_against_its_neighbours(rng):
    rois = np.zeros((40, 50), dtype=int)
    rois[5:35, 4:25] = 1
    rois[5:35, 25:46] = 2
    distance = border_distance(rois)
    assert (distance > 0).sum() == (rois > 0).sum()
    for row, col in rng.integers(0, 40, (60, 2)):
        if rois[row, col]:
            other = np.argwhere(rois != rois[row, col])
            nearest = np.hypot(*(other - (row, col)).T).min()
            assert distance[row, col] == pytest.approx(nearest)
    assert np.isinf(border_distance(np.ones((3, 3), int))).all()
    with pytest.raises(ValueError, match=r"rois has shape \(2, 3, 4\)"):
        border_distance(np.ones((2, 3, 4)))
