"""Tests of sklearn_microarch.datasets.phantom.anatomy._thickness."""

import numpy as np
import pytest

from sklearn_microarch.datasets.phantom.anatomy._thickness import Thickness

NOMINAL = np.diff([0.0, 0.09, 0.32, 0.46, 0.70, 1.0])
ALONG = np.linspace(0.0, 1.0, 4001)


def test_factors_keep_the_layers_filling_the_cortex():
    thickness = Thickness(0, {"L4": 1.3, "L6": 0.5}).at(ALONG[:3], 0.0)
    expected = NOMINAL * [1, 1, 1.3, 1, 0.5]
    expected /= expected.sum()
    np.testing.assert_allclose(thickness, np.repeat(expected[:, np.newaxis], 3, 1))


@pytest.mark.parametrize("seed", range(5))
def test_uneven_layers_stray_by_the_stated_share_smoothly_and_add_up(seed):
    thickness = Thickness(seed, {}, 0.3).at(ALONG, 0.0)
    np.testing.assert_allclose(thickness.sum(axis=0), 1.0)
    relative = thickness / NOMINAL[:, np.newaxis] - 1
    assert np.abs(relative).max() == pytest.approx(0.3, abs=1e-6)
    # Each layer strays to either side, and by most of what it may.
    assert relative.max(axis=1).min() > 0.1
    assert relative.min(axis=1).max() < -0.1
    # Over a hundredth of the cortex's length it hardly changes.
    assert np.abs(relative[:, 40:] - relative[:, :-40]).max() < 0.05


def test_uneven_layers_move_slowly_along_z_and_differ_between_specimens():
    here, near, far = (
        Thickness(0, {}, 0.3).at(ALONG, z_um)[2] for z_um in (0.0, 20.0, 2000.0)
    )
    assert np.corrcoef(here, near)[0, 1] > 0.99
    assert np.corrcoef(here, far)[0, 1] < 0.9
    other = Thickness(1, {}, 0.3).at(ALONG, 0.0)[2]
    assert abs(np.corrcoef(here, other)[0, 1]) < 0.9


def test_borders_of_layers_come_to_their_nominal_depths():
    subject = Thickness(4, {"L5": 2.0}, 0.2)
    y = np.full(5, 0.37)
    borders = np.cumsum(subject.at(y[:1], 50.0)[:, 0])
    found = subject.nominal_depth(borders, y, 50.0)
    np.testing.assert_allclose(found, np.cumsum(NOMINAL), atol=1e-12)
    # Beyond the cortex depth goes on as before.
    beyond = np.array([-0.02, 1.03])
    np.testing.assert_allclose(subject.nominal_depth(beyond, y[:2], 50.0), beyond)
    depth = np.linspace(-0.1, 1.1, 1001)
    rising = subject.nominal_depth(depth, np.full(1001, 0.37), 50.0)
    assert (np.diff(rising) > 0).all()


def test_nominal_layers_leave_depth_untouched_to_the_bit():
    depth = np.linspace(-0.1, 1.1, 1001, dtype=np.float32)
    assert Thickness(0, {}).nominal_depth(depth, depth, 0.0) is depth
