"""Tests of sklearn_microarch.plotting.colors._colors."""

import numpy as np
import pytest
from matplotlib import colormaps

from sklearn_microarch.plotting.colors._colors import (
    CLUSTER_COLORS,
    REGION_COLORS,
    category_colors,
    check_colors,
    fading_colormap,
    mix_lights,
    opacity_at,
    region_colors,
)

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
COLOR_BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
RGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def as_linear(srgb):
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def as_lab(linear):
    x, y, z = (np.clip(linear, 0, 1) @ RGB_TO_XYZ.T / (0.95047, 1, 1.08883)).T
    fx, fy, fz = (
        np.where(t > 216 / 24389, np.cbrt(t), 7.787 * t + 16 / 116) for t in (x, y, z)
    )
    return np.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], axis=1)


def seen_as(colors, kind):
    """Return CIELAB coordinates of colours as a reader of that kind sees them."""
    linear = as_linear(check_colors("palette", colors))
    return as_lab(linear @ np.array(COLOR_BLINDNESS[kind]).T)


def closest_pair(lab):
    distances = np.linalg.norm(lab[:, np.newaxis] - lab, axis=-1)
    return distances[np.triu_indices(len(lab), k=1)].min()


# A CIELAB distance of 2.3 is just noticeable.
@pytest.mark.parametrize("kind", COLOR_BLINDNESS)
@pytest.mark.parametrize(
    "colors, steps",
    [(REGION_COLORS, 6), (CLUSTER_COLORS[:8], 16), (CLUSTER_COLORS, 9)],
    ids=["12 regions", "8 clusters", "12 clusters"],
)
def test_any_two_colors_of_a_palette_stay_apart(kind, colors, steps):
    assert closest_pair(seen_as(colors, kind)) > steps * 2.3


@pytest.mark.parametrize(
    "kind, steps",
    [("none", 12), ("protanopia", 2.5), ("deuteranopia", 2.5), ("tritanopia", 2.5)],
)
def test_no_cluster_looks_like_a_region(kind, steps):
    clusters, regions = seen_as(CLUSTER_COLORS, kind), seen_as(REGION_COLORS, kind)
    distances = np.linalg.norm(clusters[:, np.newaxis] - regions, axis=-1)
    assert distances.min() > steps * 2.3


@pytest.mark.parametrize("usual", [REGION_COLORS, CLUSTER_COLORS])
def test_a_category_keeps_its_color_however_many_there_are(usual):
    many = category_colors(len(usual), None, usual=usual)
    for n_categories in range(len(usual)):
        few = category_colors(n_categories, None, usual=usual)
        assert few.shape == (n_categories, 3)
        np.testing.assert_array_equal(few, many[:n_categories])


def test_too_many_categories_need_a_palette_of_their_own():
    with pytest.raises(ValueError, match="palette holds 12 colours for 13 categories"):
        category_colors(13, None, usual=CLUSTER_COLORS)
    assert category_colors(13, ["red"] * 13, usual=CLUSTER_COLORS).shape == (13, 3)


def test_colors_of_an_annotation_win_over_usual_ones_and_a_palette_over_both():
    annotated = {"VP": (255, 0, 51)}
    mixed = region_colors(["CTX", "VP"], annotated=annotated)
    np.testing.assert_allclose(mixed[1], [1.0, 0.0, 0.2])
    np.testing.assert_array_equal(mixed[0], region_colors(["CTX"])[0])
    own_red, own_green, own_blue = (255 * region_colors(["CTX"])[0]).astype(int)
    near = {"VP": (own_red + 2, own_green, own_blue)}
    moved = region_colors(["CTX", "VP"], annotated=near)
    assert np.abs(moved[0] - moved[1]).max() > 0.2
    asked = region_colors(["CTX", "VP"], ["red", "blue"], annotated=annotated)
    np.testing.assert_array_equal(asked, [[1, 0, 0], [0, 0, 1]])


def test_an_annotation_may_color_more_regions_than_a_palette_has():
    names = [f"region {at}" for at in range(40)]
    annotated = {name: (at, 0, 0) for at, name in enumerate(names)}
    assert region_colors(names, annotated=annotated).shape == (40, 3)


def test_opacity_grows_with_the_loading():
    opacity = opacity_at(np.linspace(0, 1, 50))
    assert (np.diff(opacity) > 0).all()
    assert 0 < opacity[0] < opacity[-1] < 1


def test_fading_colormap_keeps_the_hues_and_hides_what_is_masked():
    cmap = fading_colormap("viridis")
    at = np.array([0.0, 0.4, 1.0])
    np.testing.assert_allclose(cmap(at)[:, :3], colormaps["viridis"](at)[:, :3])
    assert cmap(0.0)[3] < cmap(0.4)[3] < cmap(1.0)[3]
    assert cmap(np.ma.masked_all(1))[0, 3] == 0


def test_unknown_colormap_is_an_error_that_names_safe_ones():
    with pytest.raises(ValueError, match=r"cmap='jett' is not .*'viridis'"):
        fading_colormap("jett")


def test_each_light_alone_gives_its_own_color_and_equal_lights_white():
    limits = np.array([2.0, 4.0, 8.0])
    cells = np.array([[[2, 0, 0], [0, 9, 0], [0, 0, 4], [1, 2, 4], [0, 0, -3]]])
    picture = mix_lights(cells.astype(float), limits, np.eye(3))[0]
    full, half = (round(255 * float(opacity_at(np.array(u)))) for u in (1.0, 0.5))
    assert picture.tolist() == [
        [255, 0, 0, full],
        [0, 255, 0, full],
        [0, 0, 255, half],
        [255, 255, 255, half],
        [0, 0, 0, 0],
    ]


def test_missing_cells_and_factors_without_a_limit_give_no_light():
    cells = np.array([[[np.nan, 1.0, 1.0], [1.0, 1.0, np.nan]]])
    picture = mix_lights(cells, np.array([1.0, np.nan, 1.0]), np.eye(3))[0]
    assert picture[:, :3].tolist() == [[0, 0, 255], [255, 0, 0]]
