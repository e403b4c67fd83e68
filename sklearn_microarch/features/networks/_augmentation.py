"""Random flips, quarter turns and covered sides of training patches."""

import math

import torch

# Share of the patches of which a side is covered.
COVERED = 0.3
# Largest distance of the cover's grey level from the mean, in standard deviations:
# embedding medium is black in one kind of imagery and white in another.
FARTHEST = 6.0


def random_symmetries(x: torch.Tensor) -> torch.Tensor:
    """Flip and turn each patch at random.

    A section has no preferred side up under a microscope, so the mirrored and
    turned patch shows the same tissue.

    Quarter turns only for square patches (n, n_channels, height, width), none at all
    for rows of numbers (height or width 1), whose order carries meaning.
    """
    height, width = x.shape[2:]
    if min(height, width) < 2:
        return x
    bits = torch.randint(0, 2, (3, len(x)), dtype=torch.bool).to(x.device)
    choose = bits[:, :, None, None, None]
    x = torch.where(choose[0], x.flip(2), x)
    x = torch.where(choose[1], x.flip(3), x)
    if height == width:
        x = torch.where(choose[2], x.transpose(2, 3), x)
    return x


def cover_sides(x: torch.Tensor) -> torch.Tensor:
    """Cover a side of some patches evenly, as the rim of tissue would.

    Of normalised grey levels (n, n_channels, height, width), three patches in ten have
    an even level in each channel, up to 6 standard deviations from the mean, beyond a
    straight edge of any direction that passes between the centre of the patch and half
    its shorter side from it. Rows of numbers (height or width 1) are left as they are.
    """
    # At the rim, at ventricles and at tears, a part of the patch shows no tissue. A
    # network that never saw this answers with features far outside of what tissue
    # gives, and a factor of its own appears along every rim.
    n, n_channels, height, width = x.shape
    if min(height, width) < 2:
        return x
    draws = torch.rand(3 + n_channels, n, 1, 1).to(x.device)
    angle, reach = 2 * math.pi * draws[0], draws[1] * (min(height, width) / 2)
    down = torch.arange(height, device=x.device)[:, None] - (height - 1) / 2
    across = torch.arange(width, device=x.device) - (width - 1) / 2
    beyond = torch.cos(angle) * down + torch.sin(angle) * across > reach
    covered = beyond & (draws[2] < COVERED)
    level = FARTHEST * (2 * draws[3:].transpose(0, 1) - 1)
    return torch.where(covered[:, None], level, x)
