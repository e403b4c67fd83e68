"""Patches are imaged anew as other scanners do, and not otherwise."""

import pytest
import torch

from sklearn_microarch.features.networks import _imaging_changes as changes
from sklearn_microarch.features.networks._imaging_changes import random_imaging
from sklearn_microarch.features.networks._seeding import forked_seed

NOTHING = {
    "GAIN": 0.0,
    "OFFSET": 0.0,
    "CURVATURE": 0.0,
    "GRADIENT": 0.0,
    "LEAST_BLUR": 0.0,
    "MOST_BLUR": 0.0,
    "NOISE": 0.0,
    "STEP": 0.0,
    "SCALE": 0.0,
    "SHARE": 0.0,
    "CHANGED": 1.0,
}


@pytest.fixture
def patches():
    """Return 400 smooth patches of two channels."""
    with forked_seed(1):
        return changes.blurred(torch.randn(400, 2, 16, 20))


@pytest.fixture
def only(monkeypatch):
    """Change nothing but what is named."""

    def set_only(**named):
        for name, value in (NOTHING | named).items():
            monkeypatch.setattr(changes, name, value)

    return set_only


def _imaged(patches):
    with forked_seed(0):
        return random_imaging(patches)


def test_rows_of_numbers_are_left_alone():
    rows = torch.arange(12.0).reshape(3, 1, 1, 4)
    assert torch.equal(random_imaging(rows), rows)


def test_a_share_of_the_patches_changes_by_more_than_contrast(monkeypatch, patches):
    monkeypatch.setattr(changes, "GAIN", 0.0)
    monkeypatch.setattr(changes, "OFFSET", 0.0)
    found = _imaged(patches)
    changed = (found != patches).flatten(1).any(dim=1).float().mean()
    assert changed == pytest.approx(changes.CHANGED, abs=0.08)


def test_with_nothing_to_change_nothing_changes(only, patches):
    only()
    torch.testing.assert_close(_imaged(patches), patches, rtol=0, atol=1e-5)


def test_gain_and_offset_stay_within_their_bounds(only, patches):
    only(GAIN=0.1, OFFSET=0.3)
    found = _imaged(patches)
    for before, after in zip(patches, found, strict=True):
        gain = (after.max() - after.min()) / (before.max() - before.min())
        assert 0.9 - 1e-4 <= gain <= 1.1 + 1e-4
        assert (after - gain * before).abs().max() <= 0.3 + 1e-4
    assert (found.mean(dim=(1, 2, 3)) - patches.mean(dim=(1, 2, 3))).std() > 0.1


def test_a_gradient_changes_no_mean(only, patches):
    only(GRADIENT=0.2)
    found = _imaged(patches) - patches
    assert found.mean(dim=(1, 2, 3)).abs().max() < 1e-4
    assert 0.2 < found.abs().max() <= 0.4 + 1e-4


def test_grey_levels_keep_their_order_under_a_curve(only, patches):
    only(CURVATURE=changes.CURVATURE)
    found = _imaged(2 * patches)
    for before, after in zip(2 * patches, found, strict=True):
        order = before.flatten().argsort()
        assert (after.flatten()[order].diff() >= -1e-5).all()


def test_a_blur_takes_detail_away_and_keeps_the_mean(only):
    with forked_seed(1):
        rough = torch.randn(50, 1, 32, 32)
    only(LEAST_BLUR=1.0, MOST_BLUR=1.0)
    found = _imaged(rough)
    assert found.std() < 0.4 * rough.std()
    assert (found.mean(dim=(1, 2, 3)) - rough.mean(dim=(1, 2, 3))).abs().max() < 0.1
    torch.testing.assert_close(_imaged(torch.ones(2, 1, 9, 9)), torch.ones(2, 1, 9, 9))


def test_noise_and_steps_are_those_of_a_detector(only, patches):
    only(NOISE=0.3, SHARE=1.0)
    noise = (_imaged(patches) - patches).std(dim=(1, 2, 3))
    assert noise.max() < 0.35
    assert noise.max() > 0.2
    only(STEP=0.5, SHARE=1.0)
    assert (_imaged(patches) - patches).abs().max() <= 0.25 + 1e-4


def test_pixels_become_larger_or_smaller_about_the_middle(only):
    across = torch.linspace(-1, 1, 33).expand(40, 1, 33, 33)
    only(SCALE=0.1)
    found = _imaged(across)
    slopes = (found[:, 0, 16, 24] - found[:, 0, 16, 8]) / (2 * 8 / 16)
    assert 0.89 < slopes.min() < 0.95
    assert 1.05 < slopes.max() < 1.11
    assert found[:, 0, 16, 16].abs().max() < 1e-4
