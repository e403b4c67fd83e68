"""What a patch looks like, in numbers: grey levels, scales, directions, evenness."""

import torch
from torch.nn import functional

# Of the normalised grey levels whose share below is counted.
THRESHOLDS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
# Softness of that count, in inverse standard deviations: about one grey level in 30.
STEEPNESS = 8.0
N_SCALES = 5
# Directions mean little at scales that are coarser than a cell.
N_DIRECTED_SCALES = 3
# Edge of the windows in which directions are compared, at the finest of them.
WINDOW = 8
# The smallest side that is described, and that a scale is computed of.
SMALLEST = 8
# Keeps logarithms and ratios finite where a patch is constant.
FLOOR = 1e-3


def patch_descriptors(x: torch.Tensor) -> torch.Tensor:
    """Describe patches by statistics that turns and flips do not change.

    From normalised grey levels (n, n_channels, height, width), at least 8 pixels high
    and wide, to (n, n_channels * q), where q depends on height and width alone. Exactly
    so for sides that are powers of two.
    """
    # Of each channel: its mean; the energy of what is finer than two pixels; the
    # distribution of its grey levels, and how unevenly they are spread over the patch;
    # and at each coarser scale, an octave apart, the energy between it and the next,
    # how much of that energy is darker than its surroundings, as cells and vessels are,
    # how directed the gradients are within small windows, as along fibres (after J.
    # Bigun and G. H. Granlund, "Optimal orientation detection of linear symmetry",
    # ICCV, 1987), and how uneven they are.
    n, n_channels = x.shape[:2]
    level = x.reshape(n * n_channels, 1, *x.shape[2:])
    found = [_mean(level), _log(_mean(level.square()))]
    # The finest scale is mostly noise, and costs as much as all others together.
    level = functional.avg_pool2d(level, 2)
    found += [_log(_mean(level.square())), *_grey_distribution(level)]
    found.append(_means(level, max(1, min(level.shape[2:]) // 4)).std(dim=(1, 2, 3)))
    for scale in range(N_SCALES):
        if min(level.shape[2:]) < SMALLEST:
            break
        if scale < N_DIRECTED_SCALES:
            found += _directions(level, max(2, WINDOW >> scale))
        coarse = functional.avg_pool2d(level, 2)
        found += _between_scales(level, coarse)
        level = coarse
    return torch.stack(found, dim=1).reshape(n, -1)


def _mean(x: torch.Tensor) -> torch.Tensor:
    return x.mean(dim=(1, 2, 3))


def _log(x: torch.Tensor) -> torch.Tensor:
    return torch.log(x + FLOOR)


def _means(x: torch.Tensor, window: int) -> torch.Tensor:
    """Return means over square windows, as many as fit, about the centre."""
    top, left = (x.shape[2] % window) // 2, (x.shape[3] % window) // 2
    return functional.avg_pool2d(x[:, :, top:, left:], window)


def _grey_distribution(x: torch.Tensor) -> list[torch.Tensor]:
    return [_mean(torch.sigmoid(STEEPNESS * (x - at))) for at in THRESHOLDS]


def _between_scales(level: torch.Tensor, coarse: torch.Tensor) -> list[torch.Tensor]:
    """Return the log energy between two scales, and the share of it that is dark."""
    rows, cols = 2 * coarse.shape[2], 2 * coarse.shape[3]
    upsampled = functional.interpolate(coarse, scale_factor=2, mode="nearest")
    band = level[:, :, :rows, :cols] - upsampled
    energy = _mean(band.square())
    dark = _mean(functional.relu(-band).square())
    return [_log(energy), dark / (energy + FLOOR)]


def _directions(x: torch.Tensor, window: int) -> list[torch.Tensor]:
    """Return how directed gradients are in windows, and how uneven their energy."""
    across = x[:, :, 1:-1, 2:] - x[:, :, 1:-1, :-2]
    down = x[:, :, 2:, 1:-1] - x[:, :, :-2, 1:-1]
    window = min(window, *across.shape[2:])
    products = across * across, down * down, across * down
    xx, yy, xy = (_means(product, window) for product in products)
    energy = xx + yy
    directed = torch.sqrt((xx - yy).square() + 4 * xy.square() + FLOOR**2)
    coherence = _mean(directed / (energy + FLOOR))
    # One window has no deviation.
    uneven = _log(energy).std(dim=(1, 2, 3), correction=0)
    return [coherence, uneven]
