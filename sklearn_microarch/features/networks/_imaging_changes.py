"""Random changes of how a patch was imaged: exposure, focus, noise, scale."""

import torch
from torch.nn import functional

# Of all patches, in normalised grey levels, of unit deviation: about what shading
# leaves in a slice.
GAIN, OFFSET = 0.1, 0.3
# Share of the patches that are imaged otherwise too.
CHANGED = 0.35
# Curvature of the grey scale: gamma from 0.75 to 1.35 of 8-bit tissue.
CURVATURE = 0.05
# Brightness across the patch, from its middle to a side.
GRADIENT = 0.15
# Share of a blur of one pixel; below zero it sharpens.
LEAST_BLUR, MOST_BLUR = -0.2, 1.2
# Of one patch in three each: noise of the detector, and steps of the grey scale.
SHARE = 1 / 3
NOISE, STEP = 0.3, 0.5
# Pixels may be so much larger or smaller than stated.
SCALE = 0.05
# Beyond, curvature would turn the grey scale around.
FARTHEST_CURVED = 4.0


def random_imaging(x: torch.Tensor) -> torch.Tensor:
    """Image patches anew, each as another scanner could have.

    Of normalised grey levels (n, n_channels, height, width): all in another contrast
    and brightness, some otherwise too. Rows of numbers (height or width 1) are left as
    they are.
    """
    if min(x.shape[2:]) < 2:
        return x
    gain, offset = (2 * torch.rand(2, len(x), 1, 1, 1) - 1).to(x.device)
    x = x * (1 + GAIN * gain) + OFFSET * offset
    chosen = (torch.rand(len(x)) < CHANGED).to(x.device)
    if not chosen.any():
        return x
    imaged = x.clone()
    imaged[chosen] = _image_anew(x[chosen])
    return imaged


def _image_anew(x: torch.Tensor) -> torch.Tensor:
    n = len(x)

    def draw(low: float, high: float) -> torch.Tensor:
        return low + (high - low) * torch.rand(n, 1, 1, 1).to(x.device)

    x = _rescale(x, 1 + SCALE * (2 * torch.rand(n).to(x.device) - 1))
    x = x + draw(LEAST_BLUR, MOST_BLUR).clamp(max=1) * (blurred(x) - x)
    x = curved(x, draw(-CURVATURE, CURVATURE))
    down, across = (
        torch.linspace(-1, 1, length, device=x.device) for length in x.shape[2:]
    )
    x = x + draw(-GRADIENT, GRADIENT) * down[:, None]
    x = x + draw(-GRADIENT, GRADIENT) * across
    noise = draw(0, NOISE) * (draw(0, 1) < SHARE)
    x = x + noise * torch.randn(x.shape).to(x.device)
    step = draw(0.01, STEP)
    stepped = torch.round(x / step) * step
    return torch.where(draw(0, 1) < SHARE, stepped, x)


def curved(x: torch.Tensor, curvature: torch.Tensor | float) -> torch.Tensor:
    """Bend the grey scale; where grey levels have unit variance their mean stays."""
    within = x.clamp(-FARTHEST_CURVED, FARTHEST_CURVED)
    return x + curvature * (within.square() - 1)


def blurred(x: torch.Tensor) -> torch.Tensor:
    """Blur by a Gaussian of one pixel; the border is mirrored."""
    if min(x.shape[2:]) < 4:
        return x
    at = torch.arange(-2, 3, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-0.5 * at**2)
    kernel = kernel / kernel.sum()
    # Sums of shifted views: a convolution of one channel is ten times as slow.
    for axis, pad in ((2, (0, 0, 2, 2)), (3, (2, 2, 0, 0))):
        length = x.shape[axis]
        padded = functional.pad(x, pad, mode="reflect")
        x = sum(
            weight * padded.narrow(axis, first, length)
            for first, weight in enumerate(kernel.tolist())
        )
    return x


def _rescale(x: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Make each patch's pixels larger by a factor (n,); what is beyond is mirrored."""
    rows, cols = (
        (2 * torch.arange(length, device=x.device) + 1) / length - 1
        for length in x.shape[2:]
    )
    corners = torch.stack(torch.meshgrid(cols, rows, indexing="xy"), dim=-1)
    grid = scale[:, None, None, None] * corners
    return functional.grid_sample(
        x, grid, padding_mode="reflection", align_corners=False
    )
