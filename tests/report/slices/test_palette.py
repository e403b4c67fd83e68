"""Tests of the colours of a page."""

import re

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from sklearn_microarch.plotting.colors._colors import CLUSTER_COLORS, REGION_COLORS
from sklearn_microarch.report.slices._palette import (
    loading_paint,
    make_palette,
    novelty_key,
    novelty_paint,
)


def test_a_factor_has_the_colour_of_its_region():
    palette = make_palette(["CTX", "VP"], [], ["factor03_VP", "factor07_CTX"], given={})
    assert palette.factors["factor03_VP"] == palette.regions["VP"]
    assert palette.factors["factor07_CTX"] == palette.regions["CTX"]


def test_factors_of_one_region_have_colours_of_their_own():
    palette = make_palette(["CTX", "VP"], [], ["factor03_VP", "factor07_VP"], given={})
    assert len(set(palette.factors.values())) == 2


def test_there_are_colours_for_any_number_of_names_and_all_are_plain():
    names = [f"area {at}" for at in range(90)]
    palette = make_palette(names, names, names, given={"area 5": (1, 2, 255)})
    assert len(set(list(palette.regions.values())[:36])) == 36
    assert palette.regions["area 5"] == "#0102ff"
    for colors in (palette.regions, palette.clusters, palette.factors):
        assert all(re.fullmatch("#[0-9a-f]{6}", color) for color in colors.values())


def test_no_colour_means_a_region_and_a_cluster():
    names = [f"area {at}" for at in range(12)]
    palette = make_palette(names, names, [], given={})
    assert not set(palette.regions.values()) & set(palette.clusters.values())


def bytes_of(color):
    return tuple(bytes.fromhex(color[1:]))


def test_clusters_and_novelty_give_way_to_the_colours_of_an_annotation():
    usual = make_palette(["CTX", "VP"], ["a", "b", "c"], [], given={})
    given = {
        "CTX": bytes_of(usual.clusters["b"]),
        "VP": bytes_of(usual.novelty[1]),
    }
    palette = make_palette(["CTX", "VP"], ["a", "b", "c"], [], given=given)
    assert palette.regions == {
        "CTX": usual.clusters["b"],
        "VP": usual.novelty[1],
    }
    assert palette.clusters["b"] != usual.clusters["b"]
    assert palette.novelty[1] != usual.novelty[1]
    # What is near no given colour stays.
    assert palette.clusters["a"] == usual.clusters["a"]
    assert palette.novelty[0] == usual.novelty[0]


def test_another_region_gives_way_to_the_colour_of_an_annotation():
    red, green, blue = bytes_of(REGION_COLORS[0])
    nearly = {"VP": (red + 3, green - 3, blue)}
    palette = make_palette(["CTX", "VP", "WM"], [], [], given=nearly)
    assert palette.regions["CTX"] != REGION_COLORS[0].lower()
    assert palette.regions["WM"] == REGION_COLORS[2].lower()


@pytest.mark.parametrize("factor", ["factor01", "factor01_VP", "factor02_ZI"])
def test_only_a_factor_named_for_a_region_has_a_colour_of_regions(factor):
    factors = [factor, "factor00_CTX"]
    palette = make_palette(["CTX", "VP", "WM"], ["a", "b"], factors, given={})
    assert palette.factors["factor00_CTX"] == palette.regions["CTX"]
    if factor == "factor01_VP":
        assert palette.factors[factor] == palette.regions["VP"]
    else:
        usual = {color.lower() for color in REGION_COLORS + CLUSTER_COLORS}
        assert palette.factors[factor] not in usual | set(palette.novelty)


def test_factors_of_a_page_without_their_regions_have_no_colour_of_regions():
    palette = make_palette(["CTX"], [], ["factor00_CTX", "factor01_VP"], given={})
    assert palette.factors["factor00_CTX"] == palette.regions["CTX"]
    assert palette.factors["factor01_VP"] not in map(str.lower, REGION_COLORS)


def test_novelty_has_colours_that_no_region_and_no_cluster_has():
    names = [f"area {at}" for at in range(12)]
    palette = make_palette(names, names, [], given={})
    others = {*palette.regions.values(), *palette.clusters.values()}
    assert not others & set(palette.novelty)
    assert [color for color, _ in novelty_key(palette.novelty)] == [*palette.novelty]


def test_strong_loadings_are_more_opaque_and_none_is_clear():
    table = loading_paint("#336699", low=0.0, step=0.1, limit=5.0)
    opacity = table[:, 3].astype(int)
    assert opacity[0] == opacity[1] == 0
    assert (np.diff(opacity[2:]) >= 0).all()
    assert opacity[51] == opacity[200]
    assert not loading_paint("#336699", low=0.0, step=0.1, limit=0.0)[:, 3].any()


def test_novelty_changes_its_colour_above_one():
    colors = ("#102030", "#405060")
    table = novelty_paint(colors, low=0.0, step=0.01)
    for code, color in ((1, colors[0]), (102, colors[1])):
        np.testing.assert_allclose(table[code, :3] / 255, to_rgb(color))
    assert (table[101, :3] == table[1, :3]).all()
    assert (table[102, :3] != table[101, :3]).any()
    assert table[102, 3] > table[101, 3]
