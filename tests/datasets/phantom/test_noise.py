"""Tests of sklearn_microarch.datasets.phantom._noise."""

import numpy as np
import pytest

from sklearn_microarch.datasets.phantom._noise import (
    PlaneWaves,
    smooth_noise,
    smooth_noise_at,
    upsample,
)


@pytest.mark.parametrize("sigma_px", [0.1, 0.8, 1.5, 3.0, 9.0])
@pytest.mark.parametrize("z_um", [0.0, 2.5, 7.0])
def test_noise_has_unit_variance_at_every_width_and_height(sigma_px, z_um):
    size = int(60 * max(sigma_px, 1))
    noise = smooth_noise(
        0, "test", (size, size + 11), sigma_px=sigma_px, z_um=z_um, depth_um=5.0
    )
    assert noise.shape == (size, size + 11)
    assert noise.std() == pytest.approx(1.0, abs=0.15)
    assert abs(noise.mean()) < 0.2


def test_noise_changes_continuously_along_z_and_is_renewed_after_its_depth():
    def at(z_um):
        return smooth_noise(
            0, "test", (200, 210), sigma_px=1.0, z_um=z_um, depth_um=10.0
        ).ravel()

    start = at(0.0)
    assert np.corrcoef(start, at(1.0))[0, 1] > 0.97
    assert abs(np.corrcoef(start, at(10.0))[0, 1]) < 0.05
    # On both sides of a knot the field is the same.
    np.testing.assert_allclose(at(10.0 - 1e-9), at(10.0 + 1e-9), atol=1e-4)
    assert np.isfinite(at(-3.0)).all()


@pytest.mark.parametrize("sigma_px", [0.2, 1.5, 9.0])
def test_noise_at_points_is_that_of_the_sections_through_them(rng, sigma_px):
    size = {"sigma_px": sigma_px, "depth_um": 10.0}
    heights = np.array([-3.0, 0.0, 4.0, 9.9, 10.0, 25.0])
    rows, cols = rng.integers(0, 80, 6), rng.integers(0, 91, 6)
    found = smooth_noise_at(
        np.stack([rows, cols, heights]), 0, "test", (80, 91), **size
    )
    expected = [
        smooth_noise(0, "test", (80, 91), z_um=z_um, **size)[row, col]
        for row, col, z_um in zip(rows, cols, heights, strict=True)
    ]
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("step", [1, 2, 5])
def test_upsampling_is_exact_for_a_plane(step):
    rows, cols = np.arange(0, 23 + 2 * step, step), np.arange(0, 31 + 2 * step, step)
    coarse = (2.0 * rows[:, np.newaxis] - 0.5 * cols).astype(np.float32)
    expected = 2.0 * np.arange(23)[:, np.newaxis] - 0.5 * np.arange(31)
    np.testing.assert_allclose(upsample(coarse, step, (23, 31)), expected, atol=1e-4)


def test_plane_waves_agree_between_a_grid_and_scattered_points(rng):
    waves = PlaneWaves.draw(rng, 0.3, wavelength=1.5, period_um=400.0)
    x, y = rng.uniform(0, 4, 7), rng.uniform(0, 1, 8)
    grid = waves(x[np.newaxis, :], y[:, np.newaxis], 12.0)
    rows, cols = np.indices((8, 7)).reshape(2, -1)
    points = waves(x[cols], y[rows], np.full(56, 12.0))
    np.testing.assert_allclose(grid.ravel(), points, atol=1e-12)
    assert np.abs(grid).max() <= 0.3
    assert np.ptp(grid) > 0.03
