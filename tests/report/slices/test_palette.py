"""Tests of the colours of a page."""

import re

import numpy as np

from sklearn_microarch.report.slices._palette import (
    loading_paint,
    make_palette,
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


def test_strong_loadings_are_more_opaque_and_none_is_clear():
    table = loading_paint("#336699", low=0.0, step=0.1, limit=5.0)
    opacity = table[:, 3].astype(int)
    assert opacity[0] == opacity[1] == 0
    assert (np.diff(opacity[2:]) >= 0).all()
    assert opacity[51] == opacity[200]
    assert not loading_paint("#336699", low=0.0, step=0.1, limit=0.0)[:, 3].any()


def test_novelty_changes_its_colour_above_one():
    table = novelty_paint(low=0.0, step=0.01)
    assert (table[101, :3] == table[1, :3]).all()
    assert (table[102, :3] != table[101, :3]).any()
    assert table[102, 3] > table[101, 3]
