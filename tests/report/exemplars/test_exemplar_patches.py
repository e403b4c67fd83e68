"""Tests of the patches of clusters."""

from base64 import b64decode

import imagecodecs
import numpy as np
from report.made_maps import make_maps

from sklearn_microarch.report.exemplars._cluster_densities import cluster_densities
from sklearn_microarch.report.exemplars._exemplar_patches import exemplar_patches
from sklearn_microarch.report.slices._slice_view import view_slice


def places_of(row):
    return [
        tuple(int(part.split()[-1]) for part in at.split(", ")) for at in row.places
    ]


def test_densities_tell_clusters_of_gaussians_apart(rng):
    loadings = rng.normal(size=(300, 2)) + np.repeat([[0, 0], [6, 0], [0, 6]], 100, 0)
    clusters = np.repeat([0, 1, 3], 100)
    densities = cluster_densities(loadings, clusters, 4)
    assert (densities[:, 2] == -np.inf).all()
    assert (densities.argmax(axis=1) == clusters).mean() > 0.98


def test_patches_are_cut_where_the_page_says_and_share_no_pixel(maps):
    view = view_slice(maps, None, title="z309")
    found = exemplar_patches([view], view.cluster_names)
    assert list(found) == ["cluster 0", "cluster 1", "cluster 2"]
    for number, rows in enumerate(found.values()):
        assert [row.kind for row in rows] == ["typical", "random", "borderline"]
        for row in rows:
            at = np.array(places_of(row))
            assert len(at) == len(row.uris) == 4
            cells = (at - [3, 2]) // 4
            assert (maps.clusters[tuple(cells.T)] == number).all()
            gaps = np.abs(at[:, None] - at).max(axis=2)
            assert gaps[np.triu_indices(4, 1)].min() >= 24
    row, col = at[0]
    data = b64decode(rows[2].uris[0].partition(",")[2])
    cut = maps.image.data[row - 12 : row + 12, col - 12 : col + 12]
    np.testing.assert_array_equal(
        imagecodecs.png_decode(data), view.backdrop.levels(cut)
    )


def test_maps_without_factors_or_clusters_have_none(rng):
    for missing in ({"factors": None, "factor_names": []}, {"clusters": None}):
        view = view_slice(make_maps(rng, **missing), None, title="z309")
        assert exemplar_patches([view], view.cluster_names) == {}


def test_sections_across_planes_show_none(maps, rng):
    plane = view_slice(maps, None, title="xy")
    across = make_maps(rng, record={"section": "xz"}, about={})
    section = view_slice(across, None, title="xz")
    assert exemplar_patches([section], section.cluster_names) == {}
    alone, both = (
        exemplar_patches(views, plane.cluster_names)
        for views in ([plane], [plane, section])
    )
    for name, rows in alone.items():
        assert [row.uris for row in both[name]] == [row.uris for row in rows]


def test_patches_larger_than_the_slice_are_not_shown(rng):
    view = view_slice(make_maps(rng, about={"patch_size": 300}), None, title="z309")
    assert exemplar_patches([view], view.cluster_names) == {}
