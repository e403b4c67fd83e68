"""Tests of sklearn_microarch.plotting._cluster_map_display."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from sklearn_microarch.plotting import ClusterMapDisplay
from sklearn_microarch.plotting.colors._colors import CLUSTER_COLORS


def legend_texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_shares_are_of_the_mapped_cells_and_sum_to_one(maps):
    display = ClusterMapDisplay.from_maps(maps)
    found = maps.clusters[maps.clusters >= 0]
    assert display.shares.sum() == pytest.approx(1.0)
    assert display.shares[2] == pytest.approx((found == 2).mean())


def test_legend_gives_names_shares_and_the_colors_drawn():
    clusters = np.array([[0, 0, 0, 1], [-1, 0, 3, 3]])
    display = ClusterMapDisplay(clusters, cluster_names=["a", "b", "c", "d"]).plot()
    ax = display.axes_[0]
    assert legend_texts(ax) == ["a (57 %)", "b (14 %)", "c (0 %)", "d (29 %)"]
    for patch, color in zip(
        ax.get_legend().get_patches(), CLUSTER_COLORS, strict=False
    ):
        assert patch.get_facecolor()[:3] == pytest.approx(to_rgb(color))


def test_each_cell_is_drawn_in_its_cluster_s_color(color_at):
    clusters = np.array([[0, 1, 2, -1], [2, 2, 0, 1]])
    display = ClusterMapDisplay(clusters, cell_size=4).plot(alpha=1.0)
    ax = display.axes_[0]
    for (row, column), cluster in np.ndenumerate(clusters):
        drawn = color_at(ax, 4 * row + 1, 4 * column + 1)
        expected = to_rgb(CLUSTER_COLORS[cluster]) if cluster >= 0 else (0.85,) * 3
        np.testing.assert_allclose(drawn, np.multiply(expected, 255), atol=1)


def test_alpha_sets_the_opacity_of_the_picture(maps):
    display = ClusterMapDisplay.from_maps(maps).plot(alpha=0.4)
    picture = display.axes_[0].images[-1].get_array()
    mapped = maps.clusters >= 0
    assert np.unique(picture[mapped][:, 3]).tolist() == [102]
    assert not picture[~mapped].any()


def test_each_cluster_alone_keeps_its_color(maps):
    display = ClusterMapDisplay.from_maps(maps)
    together = display.plot().axes_[0].images[-1].get_array()
    alone = [ax.images[-1].get_array() for ax in display.plot(panels="each").axes_]
    cells = maps.clusters
    assert len(alone) == 3
    for cluster, picture in enumerate(alone):
        inside = cells == cluster
        np.testing.assert_array_equal(picture[inside], together[inside])
        assert not picture[~inside][:, 3].any()
    titles = [ax.get_title(loc="left") for ax in display.axes_]
    assert titles[0] == f"wide\ncluster 0 ({100 * display.shares[0]:.0f} %)"


def test_cropping_shows_the_mapped_part_with_its_margin(maps):
    ax = ClusterMapDisplay.from_maps(maps).plot(crop=True, margin=0.1).axes_[0]
    # Cells at columns 80 to 312 cover pixels 76 to 316; a tenth of 240 is 24.
    assert ax.get_xlim() == (51.5, 339.5)
    assert ax.get_ylim() == (99.5, -0.5)


def test_a_palette_of_the_caller_is_used(maps):
    display = ClusterMapDisplay.from_maps(maps).plot(palette=["red", "lime", "blue"])
    patches = display.axes_[0].get_legend().get_patches()
    assert patches[1].get_facecolor() == (0.0, 1.0, 0.0, 1.0)


@pytest.mark.parametrize("panels", ["together", "each"])
def test_a_map_without_cells_says_so(panels):
    display = ClusterMapDisplay(np.full((4, 6), -1)).plot(panels=panels, crop=True)
    assert display.shares.shape == (0,)
    assert display.axes_[0].texts[0].get_text() == "no cell mapped"


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.uint64])
def test_any_integer_dtype_will_do(dtype):
    display = ClusterMapDisplay(np.array([[0, 1, 1]], dtype=dtype))
    np.testing.assert_allclose(display.shares, [1 / 3, 2 / 3])


def test_bad_arguments_are_errors(maps):
    display = ClusterMapDisplay.from_maps(maps)
    with pytest.raises(ValueError, match="panels='both' must be one of 'together'"):
        display.plot(panels="both")
    with pytest.raises(ValueError, match="alpha=2 must lie between 0 and 1"):
        display.plot(alpha=2)
    with pytest.raises(ValueError, match="ax holds 2 Axes for 1 panels"):
        display.plot(plt.subplots(1, 2)[1])
    with pytest.raises(ValueError, match=r"cluster_names has 2 entries.*needs 3"):
        ClusterMapDisplay.from_maps(maps, cluster_names=["a", "b"])
    maps.clusters = None
    with pytest.raises(ValueError, match=r"maps\.clusters is None"):
        ClusterMapDisplay.from_maps(maps)


def test_a_stained_section_keeps_its_colours(color_at):
    pixels = np.empty((3, 40, 60), dtype=np.uint8)
    pixels[:] = np.array([200, 40, 90])[:, None, None]
    clusters = np.full((5, 8), -1)
    clusters[0, 0] = 0
    display = ClusterMapDisplay(clusters, background=pixels, cell_size=8).plot()
    np.testing.assert_allclose(
        color_at(display.axes_[0], 20, 20), [200, 40, 90], atol=2
    )


def test_a_cluster_has_one_color_on_all_slices_and_its_share_of_each(maps_of_two):
    display = ClusterMapDisplay.from_maps(maps_of_two).plot()
    assert display.shares.shape == (2, 3)
    np.testing.assert_allclose(display.shares.sum(axis=1), 1.0)
    assert display.shares[1, 2] == 0
    for one, ax in zip(maps_of_two, display.axes_[:, 0], strict=True):
        picture = ax.images[-1].get_array()
        for cluster in np.unique(one.clusters[one.clusters >= 0]):
            drawn = np.unique(picture[one.clusters == cluster][:, :3], axis=0)
            expected = np.round(255 * np.array(to_rgb(CLUSTER_COLORS[cluster])))
            np.testing.assert_array_equal(drawn, [expected])
    (legend,) = display.figure_.legends
    shares = [f"{100 * share:.0f} %" for share in display.shares[:, 2]]
    assert legend.get_texts()[2].get_text() == f"cluster 2 ({', '.join(shares)})"


def test_each_cluster_of_each_slice_has_a_panel(maps_of_two):
    display = ClusterMapDisplay.from_maps(maps_of_two).plot(panels="each")
    assert display.axes_.shape == (2, 3)
    assert display.axes_[1, 2].get_title(loc="left") == "cluster 2 (0 %)"
    assert display.axes_[1, 2].texts[0].get_text() == "no cell"
