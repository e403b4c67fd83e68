"""Tests of a slice with its layers, and of how much of it is shown."""

import json

import numpy as np
import pytest
from report.made_maps import make_maps

from sklearn_microarch.report.contents._factor_part import factor_limits
from sklearn_microarch.report.slices import _slice_view
from sklearn_microarch.report.slices._drawn_slice import draw_slice
from sklearn_microarch.report.slices._palette import make_palette
from sklearn_microarch.report.slices._slice_view import view_slice


def draw(maps, rois=None, **options):
    view = view_slice(maps, rois, title="z309")
    names = maps.factor_names
    palette = make_palette(maps.region_names, view.cluster_names, names, given={})
    return draw_slice(view, palette, factor_limits([view], names), **options)


def test_a_slice_that_is_too_large_is_shown_at_fewer_cells(maps):
    whole = draw(maps)
    small = draw(maps, most_bytes=whole.n_bytes - 1000)
    assert small.n_bytes < whole.n_bytes
    assert small.view.every == 2
    assert json.loads(small.json)["cells"] == {
        "rows": 30,
        "columns": 51,
        "size": 8.0,
        "offset": [3.0, 2.0],
    }
    np.testing.assert_array_equal(small.view.factors, maps.factors[::2, ::2])


def test_large_maps_are_read_at_fewer_cells(maps, monkeypatch):
    monkeypatch.setattr(_slice_view, "MOST_VALUES", 20_000)
    view = view_slice(maps, None, title="z309")
    assert view.every == 2
    assert view.grid.shape == view.clusters.shape == (30, 51)


def test_a_still_picture_has_the_colour_of_the_region_at_each_place(rng):
    shares = np.zeros((60, 101, 2), dtype=np.float32)
    shares[:, :50, 0] = shares[:, 50:, 1] = 1
    maps = make_maps(
        rng, regions=("CTX", "VP"), region_probabilities=shares, novelty=None
    )
    drawn = draw(maps)
    still = drawn.still(drawn.of_kind("regions"), "Regions")
    assert (still.width, still.height) == (403, 242)
    assert still.alt == "Regions over z309"
    assert still.bar.text == "50 µm"
    assert still.bar.percent == pytest.approx(100 * 50 / (403 * 1.17))


def test_unknown_tissue_is_striped_and_the_rest_is_clear(maps):
    drawn = draw(maps)
    (layer,) = drawn.of_kind("unknown")
    codes = layer.plane.codes
    np.testing.assert_array_equal(codes > 0, maps.novelty > 1)
    assert set(np.unique(codes)) == {0, 1, 2}


def test_outlines_enclose_the_annotated_regions(maps, rois):
    drawn = draw(maps, rois)
    assert drawn.outlines[0].startswith("M")
    corners = [
        tuple(map(int, corner.split()))
        for corner in drawn.outlines[0].strip("MZ").split("L")
    ]
    assert {x for x, _ in corners} == {30, 180}
    assert {y for _, y in corners} == {20, 220}


def test_words_as_clusters_are_kept(rng):
    words = np.where(rng.random((60, 101)) < 0.5, "layer 4", "")
    drawn = draw(make_maps(rng, clusters=words))
    (layer,) = drawn.of_kind("clusters")
    assert layer.plane.names == ("layer 4",)
    np.testing.assert_array_equal(layer.plane.codes > 0, words == "layer 4")
