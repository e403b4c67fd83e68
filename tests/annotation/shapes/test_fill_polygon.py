"""Tests of sklearn_microarch.annotation.shapes._fill_polygon."""

import numpy as np
import pytest
import shapely

from sklearn_microarch.annotation.shapes import _fill_polygon
from sklearn_microarch.annotation.shapes._fill_polygon import fill_polygon


def filled(polygon, shape):
    inside = np.zeros(shape, dtype=bool)
    for strip in fill_polygon(polygon, shape):
        inside[strip.rows, strip.cols] |= strip.inside
    return inside


def contained(polygon, shape):
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    return shapely.contains_xy(polygon, cols + 0.5, rows + 0.5)


def random_polygon(rng, step):
    n = rng.integers(3, 40)
    angles = np.sort(rng.uniform(0, 2 * np.pi, n))
    radii = rng.uniform(3, 25, n)
    ring = np.column_stack([30 + radii * np.cos(angles), 20 + radii * np.sin(angles)])
    hole = np.column_stack([30 + 2.5 * np.cos(angles), 20 + 2.5 * np.sin(angles)])
    rings = [np.round(r / step) * step if step else r for r in (ring, hole)]
    area = shapely.make_valid(shapely.Polygon(rings[0]))
    area = area.difference(shapely.make_valid(shapely.Polygon(rings[1])))
    parts = [p for p in shapely.get_parts(area) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


@pytest.mark.parametrize("step", [0, 0.1, 0.25, 0.5, 1, 3])
def test_pixels_whose_centre_is_inside_are_those_of_shapely(rng, step):
    for _ in range(40):
        polygon = random_polygon(rng, step)
        shape = (37, 50)
        assert (filled(polygon, shape) == contained(polygon, shape)).all()


def test_strips_of_any_height_give_the_same(rng, monkeypatch):
    polygon = random_polygon(rng, 0.5)
    whole = filled(polygon, (40, 60))
    monkeypatch.setattr(_fill_polygon, "_PIXELS_OF_A_STRIP", 100)
    assert len(list(fill_polygon(polygon, (40, 60)))) > 5
    assert (filled(polygon, (40, 60)) == whole).all()
    monkeypatch.setattr(_fill_polygon, "_CROSSINGS_OF_A_STRIP", 3)
    assert (filled(polygon, (40, 60)) == whole).all()


def test_what_lies_outside_the_picture_is_cut():
    square = shapely.box(-5, -7, 3, 2)
    inside = filled(square, (6, 8))
    assert inside.sum() == 6
    assert inside[:2, :3].all()
    assert not filled(shapely.box(20, 20, 30, 30), (6, 8)).any()


def test_a_centre_on_an_outline_is_outside():
    triangle = shapely.Polygon([(1, 1), (10, 1), (10, 10)])
    assert filled(triangle, (12, 12)).sum() == 36


def test_an_absurdly_long_outline_is_refused(monkeypatch):
    monkeypatch.setattr(_fill_polygon, "_MOST_CROSSINGS", 50)
    with pytest.raises(ValueError, match="no outline of a region"):
        filled(shapely.box(0, 0, 40, 40), (40, 40))
