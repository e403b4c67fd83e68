"""Tests of sklearn_microarch.plotting.colors._apart."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from sklearn_microarch.plotting.colors._apart import (
    NEAR,
    _distances,
    keep_apart,
    spare_colors,
)
from sklearn_microarch.plotting.colors._colors import (
    CLUSTER_COLORS,
    REGION_COLORS,
    check_colors,
)

REGIONS = check_colors("palette", REGION_COLORS)
CLUSTERS = check_colors("palette", CLUSTER_COLORS)


def rgb(*colors):
    return np.array([to_rgb(color) for color in colors])


# Known values: CIELAB of the primaries of sRGB under D65.
@pytest.mark.parametrize(
    "color, lab",
    [
        ("#ff0000", (53.24, 80.09, 67.20)),
        ("#0000ff", (32.30, 79.19, -107.86)),
        ("#ffffff", (100.0, 0.0, 0.0)),
    ],
)
def test_distance_from_black_is_the_length_in_cielab(color, lab):
    distance = _distances(rgb(color), rgb("#000000"))[0, 0]
    assert distance == pytest.approx(np.linalg.norm(lab), rel=1e-3)


def test_usual_colours_of_regions_and_clusters_move_nothing():
    np.testing.assert_array_equal(keep_apart(CLUSTERS, REGIONS), CLUSTERS)


def test_only_colours_near_a_taken_one_move_and_no_two_are_near_then():
    taken = rgb("#FF4084", "#6000F0", "#101010")
    apart = keep_apart(CLUSTERS, taken, avoid=REGIONS)
    moved = (apart != CLUSTERS).any(axis=1)
    assert np.flatnonzero(moved).tolist() == [1, 3]
    all_of_them = np.concatenate([apart, taken, REGIONS])
    distances = _distances(apart, all_of_them)
    np.fill_diagonal(distances, np.inf)
    assert distances[moved].min() > NEAR


def test_nothing_given_and_nothing_to_move_are_fine():
    nothing = np.empty((0, 3))
    assert keep_apart(nothing, REGIONS).shape == (0, 3)
    np.testing.assert_array_equal(keep_apart(CLUSTERS, nothing), CLUSTERS)
    assert spare_colors(0, REGIONS).shape == (0, 3)


def test_spare_colours_differ_however_many_are_taken(rng):
    for avoid in (np.empty((0, 3)), rng.random((700, 3))):
        spare = spare_colors(60, avoid)
        assert len(np.unique(spare, axis=0)) == 60
    assert spare_colors(1000, REGIONS).shape == (1000, 3)
