"""A report says whether so many clusters are more than a gradient."""

from math import isnan, nan

import numpy as np
import pytest
from numpy.random import RandomState
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture
from trust.grids import cells

from sklearn_microarch.clustering import GMMClusterer
from sklearn_microarch.trust import MapVerdict, TrustReport
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork
from sklearn_microarch.trust.again._number_of_clusters import (
    chance_of_number,
    words_on_number,
)


def tissue():
    """Return every second cell of every second line, which is quicker."""
    found = cells()
    return found.take((found.at[:, 1:] % 2 == 0).all(axis=1))


def maps_with(rows):
    """Return maps of a network of which clusters were made of some rows (n, d)."""
    nothing = np.empty((len(rows), 0))
    return MapsOfNetwork(nothing, nothing, nothing, [], [], rows)


def along(found, stepped):
    """Return rows (n, 3) that follow the column, in three steps or smoothly."""
    place = found.at[:, 2] / 96
    place = np.floor(3 * place) if stepped else place
    noise = 0.05 * np.random.default_rng(0).standard_normal((len(place), 3))
    return np.outer(place, [1.0, 0.5, 0.0]) + noise


@pytest.mark.parametrize("clusterer", [GMMClusterer(3), KMeans(3, n_init=2)])
def test_steps_are_told_from_a_gradient(clusterer):
    found = tissue()
    steps, smooth = (
        chance_of_number(
            clusterer, found, maps_with(along(found, stepped)), 19, RandomState(0)
        )
        for stepped in (True, False)
    )
    assert steps <= 0.05 < smooth


def test_what_cannot_be_asked_has_no_chance():
    found = tissue()
    rows, rng = along(found, stepped=True), RandomState(0)
    # Rows too few for each cluster: a report goes on without this figure.
    assert isnan(
        chance_of_number(GMMClusterer(len(rows) // 3), found, maps_with(rows), 19, rng)
    )
    clusterer = GMMClusterer(3, reg_covar=0, shrinkage=0)
    one = np.repeat(rows[:, :1] > 0.3, 3, axis=1).astype(float)
    assert isnan(chance_of_number(clusterer, found, maps_with(one), 19, rng))
    assert isnan(chance_of_number(GMMClusterer(1), found, maps_with(rows), 19, rng))
    assert isnan(chance_of_number(GaussianMixture(3), found, maps_with(rows), 19, rng))
    flat = maps_with(np.ones_like(rows))
    assert isnan(chance_of_number(GMMClusterer(3), found, flat, 19, rng))
    few = found.take(found.at[:, 2] < 20)
    kept = maps_with(rows[found.at[:, 2] < 20])
    assert isnan(chance_of_number(GMMClusterer(3), few, kept, 19, rng))


def verdict(name, p_number):
    kind = "cluster" if name.startswith("cluster") else "factor"
    return MapVerdict(
        kind,
        name,
        "cannot tell",
        "Why.",
        "VP",
        0.6,
        0.4,
        0.5,
        0.02,
        "row",
        0.9,
        0.9,
        0.1,
        0.8,
        0.9,
        0.9,
        5,
        1,
        0,
        p_number=p_number,
    )


@pytest.mark.parametrize(
    ("p_value", "said"),
    [
        (0.025, "number of clusters, 2, is supported"),
        (0.3, "is not supported: pieces of a gradient come again as well (p = 0.300)"),
        (nan, "cannot be told here"),
    ],
)
def test_it_is_said_once_below_the_table(p_value, said):
    factor = verdict("factor00", nan)
    clusters = verdict("cluster0", p_value), verdict("cluster1", p_value)
    assert said in words_on_number(clusters)
    assert str(TrustReport((factor, *clusters), 199, 90, 9, 5, 60)).count(said) == 1
    assert "gradient" not in str(TrustReport((factor,), 199, 90, 9, 5, 60))
