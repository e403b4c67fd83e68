"""Tests of sklearn_microarch.plotting.ExemplarDisplay."""

import csv

import numpy as np
import pytest
from matplotlib.offsetbox import AnchoredOffsetbox
from pipelines import fitted_pipeline, phantom

from sklearn_microarch import Patches, SliceImage
from sklearn_microarch.clustering import exemplars
from sklearn_microarch.plotting import ExemplarDisplay
from sklearn_microarch.plotting.gallery._exemplar_sources import score_of_maps


@pytest.fixture
def patches(rng):
    pixels = rng.integers(0, 255, (60, 90)).astype(np.uint8)
    centres = [[row, col] for row in (10, 30, 50) for col in range(10, 90, 20)]
    return Patches(SliceImage(pixels, 1.17, name="s"), centres, 16)


@pytest.fixture
def display(patches, rng):
    chosen = exemplars(rng.random((12, 2)), n_each=2, patches=patches, random_state=0)
    return ExemplarDisplay(chosen, patches, names=["$a$", "b"])


def bars(ax):
    return ax.findobj(AnchoredOffsetbox)


def test_patches_stand_side_by_side_at_one_scale_and_one_grey(display, patches):
    axes = display.plot().axes_
    assert axes.shape == (2, 3)
    for row, kinds in enumerate(axes):
        for ax, kind in zip(kinds, ("typical", "random", "borderline"), strict=True):
            shown = ax.images[0].get_array()
            for place, at in enumerate(getattr(display.chosen, kind)[row]):
                left = place * 17
                np.testing.assert_array_equal(shown[:, left : left + 16], patches[at])
    limits = {ax.images[0].get_clim() for ax in axes.ravel()}
    assert len(limits) == 1
    widths = {tuple(ax.get_xlim()) for ax in axes.ravel()}
    assert len(widths) == 1
    assert [len(bars(ax)) for ax in axes.ravel()] == [0, 0, 0, 1, 0, 0]
    display.figure_.canvas.draw()


def test_the_table_says_where_patches_lie(display, patches, tmp_path):
    with display.to_csv(tmp_path / "n.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    first = patches.positions[display.chosen.typical[0, 0]].tolist()
    assert [int(rows[0]["row_px"]), int(rows[0]["column_px"])] == first[1:]
    assert rows[0]["group"] == "$a$"
    assert rows[0]["slice"] == "s"


def test_colour_is_shown_in_colour(rng):
    image = rng.integers(0, 255, (3, 30, 60)).astype(np.uint8)
    patches = Patches(image, [[10, 10], [10, 40]], 12)
    chosen = exemplars([[1.0], [0.5]], n_each=1, patches=patches)
    ax = ExemplarDisplay(chosen, patches).plot().axes_[0, 0]
    np.testing.assert_allclose(
        ax.images[0].get_array(), np.moveaxis(patches[0], 0, -1) / 255
    )
    # Nothing is known of the pixel size.
    assert not bars(ax)


@pytest.mark.parametrize("of", ["clusters", "factors"])
def test_a_pipeline_shows_its_clusters_or_factors(of):
    pipe, image = fitted_pipeline(names=True), phantom().images[0]
    dense = pipe["patches"].transform(image)
    display = ExemplarDisplay.from_pipeline(pipe, dense, of=of, n_each=2).plot()
    if of == "clusters":
        labels = pipe[1:].predict(dense)
        assert display.names == ["cluster 0", "cluster 1", "cluster 2"]
        counts = np.bincount(labels, minlength=3)
        assert display.chosen.n_members.tolist() == counts.tolist()
        for group, rows in enumerate(display.chosen.typical):
            assert (labels[rows[rows >= 0]] == group).all()
    else:
        assert len(display.names) == len(pipe["select"].matched_rois_)
        assert display.names[0].startswith("Factor ")


def test_maps_show_cells_near_the_mean_of_their_cluster(maps):
    display = ExemplarDisplay.from_maps(maps, patch_size_um=12.0, n_each=2)
    assert display.patches.patch_size == 10
    scored = score_of_maps(maps, "clusters", 12.0)
    at = (scored.patches.positions[:, 1:] / 8).astype(int)
    np.testing.assert_array_equal(scored.labels, maps.clusters[tuple(at.T)])
    rows = maps.factors[tuple(at.T)].astype(float)
    inside = scored.labels == 1
    spread = np.sqrt(
        np.mean(
            [
                np.square(
                    rows[scored.labels == c] - rows[scored.labels == c].mean(0)
                ).sum(0)
                for c in range(3)
            ],
            axis=0,
        )
        * 3
        / len(rows)
    )
    away = np.linalg.norm((rows[inside] - rows[inside].mean(0)) / spread, axis=1)
    np.testing.assert_allclose(-scored.scores[inside, 1], away)
    display.plot().figure_.canvas.draw()


def test_maps_without_a_usual_patch_size_take_150_um(maps, rng):
    large = rng.integers(0, 255, (400, 1612)).astype(np.uint8)
    maps.image = SliceImage(large, 1.17)
    maps.cell_size = 32.0
    assert ExemplarDisplay.from_maps(maps, of="factors").patches.patch_size == 128


def test_what_can_not_be_shown_is_named(display, patches, maps):
    for call, error, message in [
        (lambda: ExemplarDisplay("x", patches), TypeError, "chosen='x'"),
        (lambda: ExemplarDisplay(display.chosen, 3), TypeError, "patches=3"),
        (
            lambda: ExemplarDisplay(display.chosen, patches, names=["a"]),
            ValueError,
            "names has 1",
        ),
        (
            lambda: ExemplarDisplay.from_maps(maps, of="cells"),
            ValueError,
            "of='cells'",
        ),
        (
            lambda: ExemplarDisplay.from_pipeline("x", patches),
            TypeError,
            "pipeline is a str",
        ),
        (
            lambda: ExemplarDisplay.from_pipeline(fitted_pipeline()[:4], patches),
            ValueError,
            "gives no clusters",
        ),
    ]:
        with pytest.raises(error, match=message):
            call()
