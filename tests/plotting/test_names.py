"""Tests that names are drawn as they are, whatever they hold."""

import warnings

import numpy as np
import pytest

from sklearn_microarch.images import SliceImage
from sklearn_microarch.plotting import (
    ClusterMapDisplay,
    CompositeMapDisplay,
    FactorMapDisplay,
    RegionMapDisplay,
)

# No font has these; what is cut is longer than any panel.
UNSEEN = ["line\nbreak", "tab\tnul\0", "half\ud800"]
LONG = "Primary somatosensory area, barrel field, " * 9
ODD = ["$\\frac{$", "_hidden", "a & b <c>"]


def drawn_texts(figure):
    figure.canvas.draw()
    return [text.get_text().strip() for text in figure.findobj(match=is_text)]


def is_text(artist):
    return hasattr(artist, "get_text")


@pytest.mark.parametrize("panels", ["together", "each"])
def test_names_of_clusters(panels):
    display = ClusterMapDisplay([[0, 1, 2]], cluster_names=ODD)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        texts = drawn_texts(display.plot(panels=panels).figure_)
    for name in ODD:
        assert f"{name} (33 %)" in texts


def test_names_of_regions(rng):
    probabilities = np.eye(3)[None] * 0.9
    figure = RegionMapDisplay(probabilities, region_names=ODD).plot().figure_
    assert set(ODD) <= set(drawn_texts(figure))


def test_names_of_factors(rng):
    loadings = rng.exponential(size=(8, 9, 3))
    heat = FactorMapDisplay(loadings, factor_names=ODD).plot(percentile=100)
    titles = " ".join(drawn_texts(heat.figure_))
    mixed = CompositeMapDisplay(loadings, factor_names=ODD).plot()
    key = drawn_texts(mixed.figure_)
    for name in ODD:
        assert name in titles
        assert name in key


def every_display(names, rng):
    options = {"background": SliceImage(rng.random((40, 60)), 1.0)}
    clusters = ClusterMapDisplay(
        rng.integers(0, 3, (40, 60)), cluster_names=names, **options
    )
    regions = RegionMapDisplay(
        rng.dirichlet(np.ones(3), (40, 60)), region_names=names, **options
    )
    loadings = rng.exponential(size=(40, 60, 3))
    return [
        clusters.plot(),
        clusters.plot(panels="each"),
        regions.plot(),
        FactorMapDisplay(loadings, factor_names=names, **options).plot(),
        CompositeMapDisplay(loadings, factor_names=names, **options).plot(),
    ]


def test_what_no_font_has_is_left_out_of_names(rng):
    for display in every_display(UNSEEN, rng):
        texts = "|".join(drawn_texts(display.figure_))
        for shown in ("line break", "tab nul", "half"):
            assert shown in texts


def test_names_too_long_for_a_panel_are_cut(rng):
    for display in every_display([f"{at} {LONG}" for at in range(3)], rng):
        texts = drawn_texts(display.figure_)
        assert len({text for text in texts if "…" in text}) == 3
        assert max(map(len, texts)) < 100


@pytest.mark.parametrize("name", ["", " ", "θάλαμος", "таламус", "e\u0301"])
def test_empty_names_and_other_alphabets_are_drawn(rng, name):
    for display in every_display([name] * 3, rng):
        assert any(name.strip() in text for text in drawn_texts(display.figure_))


def test_names_of_usual_length_are_never_cut(rng):
    names = ["factor00_hypothalamus", "factor01_striatum", "factor02_WM"]
    for display in every_display(names, rng):
        assert not any("…" in text for text in drawn_texts(display.figure_))
