"""Tests of sklearn_microarch.datasets.phantom.objects._cells and _phantom_cortex."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sklearn_microarch.datasets.phantom.anatomy._anatomy import (
    Anatomy,
    frame_coordinates,
)
from sklearn_microarch.datasets.phantom.anatomy._composition import Composition
from sklearn_microarch.datasets.phantom.anatomy._cortex import Cortex
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen
from sklearn_microarch.datasets.phantom.anatomy._tissue import CODES
from sklearn_microarch.datasets.phantom.objects._cells import cells_near, paint_cells

HEIGHTS_UM = np.arange(0.0, 150.0, 15.0)


def specimen(seed=0, **switches):
    return Specimen(seed, (700, 2800), 1.17, Anatomy(seed), Cortex(seed, **switches))


def densities(subject, select):
    """Count cells per grid point, over many sections, where ``select`` holds."""
    x, y = frame_coordinates((140, 560))
    n_cells, n_points = 0, 0
    for z_um in HEIGHTS_UM:
        cells = cells_near(subject, z_um)
        _, place = subject.locate_um(cells.x_um, cells.y_um, cells.z_um)
        n_cells += np.count_nonzero(select(place))
        location = subject.anatomy.locate(x, y, z_um)
        inside = location.margin > 0
        n_points += np.count_nonzero(
            select(subject.cortex.locate(location, z_um)) & inside
        )
    return n_cells / n_points


def in_layer(code):
    return lambda place: place.layer == code


def in_barrels(place):
    return place.barrel > 0


def in_septa(place):
    return (place.layer == 3) & (place.barrel == 0)


def test_layers_hold_cells_in_the_proportions_of_the_table():
    subject = specimen(barrels=False)
    # Relative count over relative radius: larger cells are seen in more sections.
    ratio = densities(subject, in_layer(4)) / densities(subject, in_layer(2))
    assert ratio == pytest.approx(0.75 * 1.3 / 1.1, rel=0.2)
    ratio = densities(subject, in_layer(1)) / densities(subject, in_layer(5))
    assert ratio == pytest.approx(0.3 * 0.85 / (0.95 * 0.95), rel=0.25)


def test_barrels_hold_more_cells_than_septa_and_the_switch_removes_that():
    with_barrels = specimen()
    ratio = densities(with_barrels, in_barrels) / densities(with_barrels, in_septa)
    assert ratio > 1.7
    # Septa are small, and a specimen's ratio strays by up to a fifth.
    without = [specimen(seed, barrels=False) for seed in range(3)]
    ratios = [densities(one, in_barrels) / densities(one, in_septa) for one in without]
    assert np.mean(ratios) == pytest.approx(1.0, rel=0.2)


def test_without_layers_and_barrels_the_cortex_is_uniform():
    place = specimen(layers=False, barrels=False)
    x, y = frame_coordinates((64, 256))
    cortex = place.cortex.locate(place.anatomy.locate(x, y, 0.0), 0.0)
    assert set(np.unique(cortex.layer)) == {0, 1, 2, 3, 4, 5}
    for factor in (cortex.cells, cortex.cell_radius, cortex.grain):
        assert (factor == 1).all()
    assert (cortex.grey == 0).all()


def test_no_cell_lies_within_another():
    # In the middle of a slab, all cells that are cut come from that slab.
    cells = cells_near(specimen(), 12.0)
    points = np.column_stack([cells.x_um, cells.y_um, cells.z_um])
    assert len(points) > 500
    gap = np.linalg.norm(points[:, None] - points[None], axis=-1)
    room = 0.9 * (cells.short_um[:, None] + cells.short_um[None])
    assert (gap >= room)[~np.eye(len(points), dtype=bool)].all()


def test_profiles_of_a_cell_have_the_area_of_a_cut_ellipsoid():
    cells = cells_near(specimen(), 12.0)
    for number in range(3):
        alone = cells.take(np.array([number]))
        # Painted alone, in a frame of fine pixels around its centre.
        alone.x_um[0], alone.y_um[0] = 20.0, 18.0
        alone.lobes[0] = 0.0
        height = 12.0 - alone.z_um[0]
        _, cover = paint_cells(alone, 12.0, (180, 200), 0.2)
        a, b = alone.long_um[0], alone.short_um[0]
        # The edge is a ramp of 1 um inwards: half covered at 1 - 0.5 / b.
        squared = max((1 - 0.5 / b) ** 2 - (height / b) ** 2, 0)
        area_um2 = (cover > 0.5).sum() * 0.2**2
        assert area_um2 == pytest.approx(np.pi * a * b * squared, rel=0.06, abs=0.5)


VP, IN_L4 = CODES["VP"], (CODES["cortex"], 3)


def recomposed(**planted):
    composition = Composition.of(0, 0.0, planted)
    return replace(specimen(), composition=composition)


def centres_by_kind(subject, z_um):
    """Return the cells of a section, those of VP and of L4 apart, as sets of places."""
    cells = cells_near(subject, z_um)
    code, layer = subject.kind_um(cells.x_um, cells.y_um, cells.z_um)
    places = list(zip(cells.x_um, cells.y_um, cells.z_um, strict=True))
    kinds = [
        "VP" if c == VP else "L4" if (c, k) == IN_L4 else "other"
        for c, k in zip(code, layer, strict=True)
    ]
    return {
        name: {place for place, kind in zip(places, kinds, strict=True) if kind == name}
        for name in ("VP", "L4", "other")
    }


def counts(subject, name):
    return sum(len(centres_by_kind(subject, z)[name]) for z in HEIGHTS_UM[:3])


@pytest.mark.parametrize("name, factor", [("L4", 0.6), ("VP", 0.8), ("VP", 1.4)])
def test_a_planted_factor_changes_the_number_of_cells_there_by_that_much(name, factor):
    ratio = counts(recomposed(cells={name: factor}), name) / counts(specimen(), name)
    assert ratio == pytest.approx(factor, abs=0.03)


def test_fewer_cells_are_a_subset_and_more_cells_a_superset_and_elsewhere_none_moves():
    sections = [
        centres_by_kind(recomposed(cells={"VP": factor, "L4": factor}), 12.0)
        for factor in (0.0, 0.6, 0.8, 1.0, 1.2, 2.0)
    ]
    for fewer, more in pairwise(sections):
        assert fewer["VP"] < more["VP"]
        assert fewer["L4"] < more["L4"]
        assert fewer["other"] == more["other"]
    assert not sections[0]["VP"]
    assert sections[3] == centres_by_kind(specimen(), 12.0)


def test_a_cell_that_is_dropped_is_dropped_in_all_its_sections():
    subject, usual = recomposed(cells={"VP": 0.5}), specimen()
    kept, seen = (
        [centres_by_kind(one, z)["VP"] for z in (12.0, 14.0)]
        for one in (subject, usual)
    )
    in_both = seen[0] & seen[1]
    assert len(in_both) > 20
    assert in_both & kept[0] == in_both & kept[1]


def test_added_cells_lie_apart_from_all_others():
    cells = cells_near(recomposed(cells={"VP": 1.6, "cortex": 1.6}), 12.0)
    points = np.column_stack([cells.x_um, cells.y_um, cells.z_um])
    gap = np.linalg.norm(points[:, None] - points[None], axis=-1)
    room = 0.9 * (cells.short_um[:, None] + cells.short_um[None])
    assert (gap >= room)[~np.eye(len(points), dtype=bool)].all()


def test_larger_cells_are_the_same_cells_and_are_cut_more_often():
    usual, large = specimen(), recomposed(cell_size={"VP": 1.25})
    before, after = cells_near(usual, 12.0), cells_near(large, 12.0)
    size_of = dict(zip(before.x_um, before.long_um, strict=True))
    seen = np.isin(after.x_um, before.x_um)
    ratio = after.long_um[seen] / [size_of[x] for x in after.x_um[seen]]
    code, _ = usual.kind_um(after.x_um[seen], after.y_um[seen], after.z_um[seen])
    np.testing.assert_allclose(ratio, np.where(code == VP, 1.25, 1.0))
    assert np.isin(before.x_um, after.x_um).all()
    assert counts(large, "VP") / counts(usual, "VP") == pytest.approx(1.25, abs=0.12)
