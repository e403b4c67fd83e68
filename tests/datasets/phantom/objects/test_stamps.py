"""Tests of sklearn_microarch.datasets.phantom.objects._stamps."""

import numpy as np
import pytest

from sklearn_microarch.datasets.phantom.objects._stamps import paint_largest


def discs(radii, levels):
    def shape(d_rows, d_cols, which):
        inside = d_rows**2 + d_cols**2 <= radii[which, None, None] ** 2
        return levels[which, None, None] * inside

    return shape


def test_painting_equals_drawing_one_object_after_the_other(rng):
    rows, cols = rng.uniform(-5, 45, 60), rng.uniform(-5, 75, 60)
    radii, levels = rng.uniform(0.5, 9.0, 60), rng.uniform(0.2, 1.0, 60)
    canvas = np.zeros((40, 70), dtype=np.float32)
    paint_largest(canvas, rows, cols, radii, discs(radii, levels))

    expected = np.zeros((40, 70))
    r, c = np.indices(expected.shape)
    for row, col, radius, level in zip(rows, cols, radii, levels, strict=True):
        inside = (r - row) ** 2 + (c - col) ** 2 <= radius**2
        expected = np.maximum(expected, level * inside)
    np.testing.assert_allclose(canvas, expected, atol=1e-6)


def test_a_large_object_is_painted_whole():
    canvas = np.zeros((400, 400), dtype=np.float32)
    at, radius = np.array([200.0]), np.array([190.0])
    paint_largest(canvas, at, at, radius, discs(radius, np.ones(1)))
    assert canvas.sum() == pytest.approx(np.pi * 190**2, rel=0.01)


def test_no_object_leaves_the_canvas_as_it_was():
    canvas = np.full((8, 9), 0.5, dtype=np.float32)
    none = np.empty(0)
    paint_largest(canvas, none, none, none, discs(none, none))
    assert (canvas == 0.5).all()
