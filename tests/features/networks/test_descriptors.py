"""Tests of sklearn_microarch.features.networks._descriptors."""

import pytest
import torch

from sklearn_microarch.features.networks._descriptors import patch_descriptors

# After the mean, two energies, nine shares and the spread of means.
COHERENCE, ENERGY, DARKNESS = 13, 15, 16


@pytest.fixture
def patches():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(3, 1, 64, 64, generator=generator)


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.flip(2),
        lambda x: x.flip(3),
        lambda x: x.transpose(2, 3),
        lambda x: torch.rot90(x, 1, (2, 3)),
    ],
    ids=["rows", "columns", "diagonal", "quarter turn"],
)
def test_flips_and_turns_change_nothing(patches, change):
    torch.testing.assert_close(
        patch_descriptors(change(patches)),
        patch_descriptors(patches),
        rtol=1e-4,
        atol=1e-4,
    )


def test_a_row_does_not_depend_on_the_others(patches):
    together = patch_descriptors(patches)
    alone = torch.cat([patch_descriptors(patch[None]) for patch in patches])
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-5)


def test_channels_are_described_one_by_one(patches):
    two = torch.cat([patches, 2 * patches], dim=1)
    expected = [patch_descriptors(patches), patch_descriptors(2 * patches)]
    torch.testing.assert_close(patch_descriptors(two), torch.cat(expected, dim=1))


@pytest.mark.parametrize("shape", [(8, 8), (9, 13), (20, 8), (128, 128)])
@pytest.mark.parametrize("level", [-3.0, 0.0, 50.0])
def test_they_are_finite_for_constant_patches_of_any_size(shape, level):
    found = patch_descriptors(torch.full((2, 1, *shape), level))
    assert torch.isfinite(found).all()


def test_fibres_are_more_directed_than_noise(patches):
    stripes = torch.sin(torch.arange(64) / 4).expand(1, 1, 64, 64)
    differing = patch_descriptors(stripes) - patch_descriptors(patches[:1])
    assert differing[0, COHERENCE] > 0.3


def test_dark_spots_are_told_from_bright_ones():
    spots = torch.zeros(1, 1, 64, 64)
    spots[..., ::8, ::8] = -5
    dark, bright = patch_descriptors(spots)[0], patch_descriptors(-spots)[0]
    assert dark[ENERGY] == pytest.approx(float(bright[ENERGY]))
    assert dark[DARKNESS] > 0.6
    assert bright[DARKNESS] < 0.4
