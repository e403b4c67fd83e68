"""Tests of sklearn_microarch.datasets.phantom.objects._cells and _phantom_cortex."""

import numpy as np
import pytest

from sklearn_microarch.datasets.phantom.anatomy._anatomy import (
    Anatomy,
    frame_coordinates,
)
from sklearn_microarch.datasets.phantom.anatomy._cortex import Cortex
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen
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
