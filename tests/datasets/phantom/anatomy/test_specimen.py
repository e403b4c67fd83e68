"""Tests of sklearn_microarch.datasets.phantom.anatomy._specimen."""

import numpy as np
import pytest

from sklearn_microarch.datasets.phantom.anatomy._anatomy import (
    Anatomy,
    frame_coordinates,
)
from sklearn_microarch.datasets.phantom.anatomy._cortex import Cortex
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen


@pytest.fixture
def specimen():
    return Specimen(3, (96, 384), 1.5, Anatomy(3), Cortex(3))


def test_points_in_space_are_located_as_pixels_are(specimen):
    rows, cols = np.array([10, 48, 90]), np.array([100, 200, 370])
    height = np.full(3, 20.0)
    at_points, place = specimen.locate_um(
        (cols + 0.5) * 1.5, (rows + 0.5) * 1.5, height
    )
    on_grid = specimen.anatomy.locate(*frame_coordinates((96, 384)), 20.0)
    np.testing.assert_array_equal(at_points.code, on_grid.code[rows, cols])
    np.testing.assert_allclose(at_points.margin, on_grid.margin[rows, cols], atol=1e-4)
    assert ((place.layer > 0) == (at_points.code == 1)).all()


def test_a_small_frame_shrinks_its_anatomy_and_a_large_one_does_not(specimen):
    assert specimen.height_um == 144.0
    assert specimen.width_um == 576.0
    assert specimen.shrinkage == pytest.approx(144 / 900)
    large = Specimen(3, (1420, 5805), 1.17, specimen.anatomy, specimen.cortex)
    assert large.shrinkage == 1.0


def test_a_field_is_smooth_over_micrometres_and_renewed_along_z(specimen):
    field, near, far = (
        specimen.smooth_field(z_um, "mottle", 6, 50) for z_um in (0.0, 1.0, 500.0)
    )
    assert field.shape == (96, 384)
    assert field.std() == pytest.approx(1, abs=0.2)
    assert np.corrcoef(field.ravel(), near.ravel())[0, 1] > 0.98
    assert abs(np.corrcoef(field.ravel(), far.ravel())[0, 1]) < 0.3
    assert np.corrcoef(field[:, 1:].ravel(), field[:, :-1].ravel())[0, 1] > 0.95
