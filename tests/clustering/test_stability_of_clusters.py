"""A number of clusters is supported only beyond the pieces of a gradient."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

from sklearn_microarch import SliceImage
from sklearn_microarch.clustering import GMMClusterer, stability_of_clusters
from sklearn_microarch.clustering.stability._draw_gradient import draw_gradient
from sklearn_microarch.clustering.stability._principal_curve import (
    fit_principal_curve,
)
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import spatial_blocks

QUICK = {"n_halvings": 2, "n_draws": 19, "max_samples": 500, "random_state": 0}
ONCE = QUICK | {"n_halvings": 1}


def scene(n_groups, seed=0):
    """Return rows (1200, 4) on a 20 x 60 grid, in groups or, with 0, a gradient."""
    rng = np.random.default_rng(seed)
    row, column = (axis.ravel() for axis in np.mgrid[:20, :60])
    place = column / 60
    if n_groups:
        place = np.floor(place * n_groups) / (n_groups - 1)
    # An arc, as the loadings of a gradient make one.
    means = np.column_stack([np.sin(3 * place), np.cos(3 * place), place, 0 * place])
    return means + 0.08 * rng.standard_normal(means.shape), row // 5 * 12 + column // 5


@pytest.mark.parametrize("n_groups", [3, 4])
def test_groups_are_more_than_a_gradient(n_groups):
    rows, blocks = scene(n_groups)
    found = stability_of_clusters(rows, [n_groups], blocks, **QUICK)
    assert found.observed.mean() > 0.98
    assert found.p_values[0] <= 0.05


def test_a_gradient_is_no_number_of_clusters():
    p_values, agreement = [], []
    for seed in range(3):
        rows, blocks = scene(0, seed)
        found = stability_of_clusters(rows, [4, 3], blocks, **QUICK)
        assert found.n_clusters.tolist() == [3, 4]
        assert found.observed.shape == (2, 2)
        assert found.gradient.shape == (2, 19)
        p_values.append(found.p_values)
        agreement.append(found.observed.mean())
    # One of twenty is as many as chance allows; one of these six, then.
    assert (np.array(p_values) <= 0.05).sum() <= 1
    assert np.median(p_values) > 0.1
    # What fools a user: pieces of a gradient come again.
    assert np.mean(agreement) > 0.4


def test_gradients_vary_as_much_and_lie_where_the_rows_lie():
    rows, blocks = scene(3)
    curve = fit_principal_curve(rows)
    drawn = draw_gradient(rows, blocks, curve, np.random.RandomState(0))
    assert np.allclose(drawn.mean(axis=0), rows.mean(axis=0), atol=1e-9)
    total = [np.trace(np.cov(one.T)) for one in (drawn, rows)]
    assert total[0] == pytest.approx(total[1], rel=0.02)
    again = fit_principal_curve(drawn)
    assert abs(np.corrcoef(curve.places, again.places)[0, 1]) > 0.9
    # Three crowds along the curve are no crowds any more.
    crowds, even = (
        np.histogram(one.places, bins=12)[0] / len(rows) for one in (curve, again)
    )
    assert crowds.max() > 0.2
    assert even[1:-1].max() < 0.15


def test_the_curve_passes_through_an_arc():
    angle = np.linspace(0, 3, 500)
    arc = np.column_stack([np.cos(angle), np.sin(angle)])
    curve = fit_principal_curve(arc)
    assert np.abs(curve.nearest - arc).max() < 0.05
    assert abs(np.corrcoef(curve.places, angle)[0, 1]) > 0.999


def test_scale_and_names_of_blocks_do_not_matter():
    rows, blocks = scene(3)
    plain = stability_of_clusters(rows, [3], blocks, **ONCE)
    names = np.array([f"block {block:03d}" for block in blocks])
    other = stability_of_clusters(1e6 * rows, [3], names, **ONCE)
    assert np.array_equal(plain.observed, other.observed)
    assert np.allclose(plain.gradient, other.gradient)


def test_other_clusterers_and_blocks_of_patches():
    rows, blocks = scene(3)
    image = SliceImage(np.zeros((200, 600), dtype=np.uint8))
    at = np.column_stack([axis.ravel() for axis in np.mgrid[5:200:10, 5:600:10]])
    tissue = spatial_blocks(Patches(image, at, 10), block_size=50)
    assert len(np.unique(tissue.labels)) == len(np.unique(blocks))
    found = stability_of_clusters(
        rows, [3], tissue, clusterer=KMeans(n_init=1), **QUICK
    )
    assert found.p_values[0] <= 0.05


def test_few_rows_of_many_and_the_same_again():
    rows, blocks = scene(3)
    one, other = (stability_of_clusters(rows, [3], blocks, **ONCE) for _ in range(2))
    assert np.array_equal(one.gradient, other.gradient)


def test_its_own_settings_are_kept():
    rows, blocks = scene(3)
    clusterer = GMMClusterer(7, shrinkage=0.0, random_state=3)
    stability_of_clusters(rows, [3], blocks, clusterer=clusterer, **ONCE)
    assert clusterer.n_clusters == 7
    assert clusterer.random_state == 3


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"ks": [1, 2]}, ValueError, "ks=.*from 2"),
        ({"ks": 3}, TypeError, "ks=3"),
        ({"ks": [700]}, ValueError, "half of the rows"),
        ({"blocks": np.arange(1200) // 200}, ValueError, "blocks holds 6 blocks"),
        ({"blocks": np.arange(7)}, ValueError, "blocks has 7"),
        ({"blocks": None}, TypeError, "blocks"),
        ({"X": np.ones((1200, 3))}, ValueError, "X is the same in all rows"),
        ({"X": np.full((1200, 3), np.nan)}, ValueError, "X"),
        ({"clusterer": GaussianMixture()}, TypeError, "clusterer=.*n_clusters"),
        ({"n_draws": 9}, ValueError, "n_draws=9"),
        ({"n_halvings": 0}, ValueError, "n_halvings=0"),
        ({"max_samples": 1.5}, TypeError, "max_samples"),
    ],
)
def test_what_cannot_be_asked_is_named(changed, error, said):
    rows, blocks = scene(3)
    given = {"X": rows, "ks": [3], "blocks": blocks, **QUICK, **changed}
    with pytest.raises(error, match=said):
        stability_of_clusters(**given)
