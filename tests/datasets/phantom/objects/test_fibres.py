"""Tests of sklearn_microarch.datasets.phantom.objects._fibres."""

import numpy as np
import pytest
from scipy import ndimage

from sklearn_microarch.datasets.phantom.objects._fibres import draw_out


@pytest.mark.parametrize("angle", [0.0, 0.5 * np.pi, np.pi])
def test_texture_is_drawn_out_along_the_direction_and_not_across(rng, angle):
    noise = rng.standard_normal((150, 160)).astype(np.float32)
    directions = np.full(noise.shape, angle, dtype=np.float32)
    drawn = draw_out(noise, directions, (1.0, 2.0, 4.0))

    assert drawn.mean() == pytest.approx(0, abs=1e-4)
    assert drawn.std() == pytest.approx(1, abs=1e-4)
    along, across = (1, 0) if angle != 0.5 * np.pi else (0, 1)

    def neighbours(axis):
        first, second = (
            np.moveaxis(drawn, axis, 0)[2:],
            np.moveaxis(drawn, axis, 0)[:-2],
        )
        return np.corrcoef(first.ravel(), second.ravel())[0, 1]

    assert neighbours(along) > 0.6
    assert abs(neighbours(across)) < 0.1


def test_texture_follows_a_curved_course(rng):
    """Around a centre, pixels at one radius agree and those across do not."""
    noise = ndimage.gaussian_filter(rng.standard_normal((201, 201)), 1.2)
    rows, cols = np.indices(noise.shape) - 100.0
    tangent = (np.arctan2(rows, cols) + 0.5 * np.pi).astype(np.float32)
    drawn = draw_out(noise.astype(np.float32), tangent, (1.0, 2.0, 4.0, 8.0))

    def at(radius, polar):
        r = np.rint(100 + radius * np.sin(polar)).astype(int)
        c = np.rint(100 + radius * np.cos(polar)).astype(int)
        return drawn[r, c]

    radius, polar = rng.uniform(50, 90, 4000), rng.uniform(0, 2 * np.pi, 4000)
    here = at(radius, polar)
    along, across = at(radius, polar + 6 / radius), at(radius + 6, polar)
    assert np.corrcoef(here, along)[0, 1] > 0.5
    assert abs(np.corrcoef(here, across)[0, 1]) < 0.15
