"""Tests of sklearn_microarch.datasets.phantom._imaging."""

import numpy as np
import pytest

from sklearn_microarch.datasets.phantom._imaging import (
    cupping_gain,
    phase_contrast,
    shading_gain,
)
from sklearn_microarch.datasets.phantom.anatomy._anatomy import Anatomy
from sklearn_microarch.datasets.phantom.anatomy._cortex import Cortex
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen


def test_phase_contrast_keeps_grey_levels_and_rings_a_dark_hole_with_light():
    tissue = np.full((60, 70), 100, dtype=np.float32)
    rows, cols = np.indices(tissue.shape)
    tissue[np.hypot(rows - 30, cols - 35) < 8] = 10
    image = phase_contrast(tissue)
    assert image.mean() == pytest.approx(tissue.mean(), abs=0.1)
    assert image[0, 0] == pytest.approx(100, abs=0.1)
    assert image.max() > 105
    ring = np.hypot(rows - 30, cols - 35)[image > 104]
    assert ring.min() > 7
    assert ring.max() < 14
    assert image[30, 35] < 15


@pytest.mark.parametrize("height", [64, 101])
def test_shading_gain_has_mean_one_and_the_stated_depth(height):
    gain = shading_gain(height, 0.2)
    assert gain.shape == (height, 1)
    assert gain.mean() == pytest.approx(1, abs=1e-5)
    rim = gain[round(0.075 * (height - 1))] / gain.min()
    assert rim == pytest.approx(1.2, abs=0.02)
    np.testing.assert_array_equal(shading_gain(height, 0.0), np.ones((height, 1)))


def test_cupping_brightens_corners_over_both_axes_and_hardly_changes_in_a_patch():
    gains = [
        cupping_gain(
            Specimen(seed, (400, 1600), 4.0, Anatomy(seed), Cortex(seed)), 0.0, 0.3
        )
        for seed in range(6)
    ]
    for gain in gains:
        assert gain.mean() == pytest.approx(1, abs=1e-5)
        # A patch of 150 um is 37 of these pixels.
        assert np.abs(gain[37:] - gain[:-37]).max() < 0.1
        assert np.abs(gain[:, 37:] - gain[:, :-37]).max() < 0.1
    assert np.abs(gains[0] - gains[1]).max() > 0.03
    mean = np.mean(gains, axis=0)
    corner, middle = mean[:20, :60].mean(), mean[190:210, 770:830].mean()
    assert corner / middle - 1 == pytest.approx(0.3, abs=0.08)
    for rim in (mean[:20, 770:830].mean(), mean[190:210, :60].mean()):
        assert rim / middle - 1 == pytest.approx(0.15, abs=0.06)
