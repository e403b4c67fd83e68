"""Fibre texture of the phantom: noise drawn out along a field of directions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom._noise import smooth_noise, upsample
from sklearn_microarch.datasets.phantom.anatomy._anatomy import Location
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen
from sklearn_microarch.datasets.phantom.anatomy._tissue import WHITE_MATTER, lookup

__all__ = ["AxonStreaks", "axon_streaks", "draw_out", "fibre_texture"]

# However many axons a region has, something lies between them.
_LARGEST_SHARE = 0.97


def draw_out(
    noise: NDArray[np.float32],
    angle: NDArray[np.float32],
    steps: tuple[float, ...],
) -> NDArray[np.float32]:
    """Average an image along the streamlines of a direction field, in radians.

    A line integral convolution [1]_ whose length doubles with every pass: the mean of
    two points a step apart, then of two such means, and so on. ``steps`` are the pixels
    walked to either side, one pass each. The result has zero mean and unit variance.

    .. [1] B. Cabral and L. C. Leedom, "Imaging vector fields using line integral
       convolution", SIGGRAPH 1993. :doi:`10.1145/166117.166151`
    """
    height, width = noise.shape
    rows = np.arange(height, dtype=np.float32)[:, np.newaxis]
    cols = np.arange(width, dtype=np.float32)
    # In double precision: in single, the last bits depend on the processor.
    d_rows = np.sin(angle, dtype=np.float64).astype(np.float32)
    d_cols = np.cos(angle, dtype=np.float64).astype(np.float32)
    for step in steps:
        total = np.zeros_like(noise)
        for signed in (-np.float32(step), np.float32(step)):
            row = np.clip(rows + signed * d_rows + 0.5, 0, height - 1).astype(np.int32)
            col = np.clip(cols + signed * d_cols + 0.5, 0, width - 1).astype(np.int32)
            row *= width
            row += col
            total += noise.reshape(-1)[row]
        noise = total
    noise -= np.float32(noise.mean(dtype=np.float64))
    noise /= np.float32(noise.std(dtype=np.float64))
    return noise


def fibre_texture(
    specimen: Specimen,
    angle: NDArray[np.float32],
    share: NDArray[np.float32],
    z_um: float,
) -> NDArray[np.float32]:
    """Return the fine texture (height, width), drawn out where fibres run together.

    ``share`` is that of long fibres in the texture. Of about zero mean and unit
    variance, with a tail towards bright.
    """
    scale = 1 / specimen.pixel_size_um
    fine = smooth_noise(
        specimen.seed,
        "grain",
        specimen.shape,
        sigma_px=1.15 * scale,
        z_um=z_um,
        depth_um=6.0,
    )
    short = draw_out(fine, angle, (1.0 * scale,))
    long = draw_out(short, angle, (2.0 * scale, 4.0 * scale, 8.0 * scale))
    texture = short + share * (long - short)
    texture /= np.sqrt(share**2 + (1 - share) ** 2)
    # Single fibres stand out as bright threads.
    threads = np.maximum(long - np.float32(1.3), 0)
    return texture + np.float32(0.1) * (texture**2 - 1) + np.float32(0.5) * threads


@dataclass(frozen=True, eq=False)
class AxonStreaks:
    """Each pixel's share in streaks of myelinated axons, all (height, width)."""

    usual: NDArray[np.float32]  # as the table of tissues has them
    cover: NDArray[np.float32]  # as the specimen has them
    # Of white matter: where axons are lost. None where axons are the usual ones.
    lost: NDArray[np.float32] | None


def axon_streaks(
    specimen: Specimen,
    location: Location,
    angle: NDArray[np.float32],
    z_um: float,
) -> AxonStreaks:
    """Draw the streaks of all regions; fewer axons leave a subset of the streaks."""
    # Streaks are wide: a coarse grid of about 3 um holds them.
    step = max(1, round(3.0 / specimen.pixel_size_um))
    code = location.code
    rows, cols = (np.arange(0, n + step, step) for n in code.shape)
    rows = np.minimum(rows, code.shape[0] - 1)
    cols = np.minimum(cols, code.shape[1] - 1)
    at = np.ix_(rows, cols)
    scale = 1 / (step * specimen.pixel_size_um)
    small = specimen.shrinkage
    noise = smooth_noise(
        specimen.seed,
        "streaks",
        (len(rows), len(cols)),
        sigma_px=small * 6.5 * scale,
        z_um=z_um,
        depth_um=70.0,
    )
    lengths = tuple(small * scale * step_um for step_um in (7, 14, 28, 56, 112))
    drawn = draw_out(noise, angle[at], lengths)

    def above(threshold: NDArray[np.float32]) -> NDArray[np.float32]:
        cover = np.clip((drawn - threshold[code[at]]) / np.float32(0.28) + 0.5, 0, 1)
        # Between coarse pixels, none may leak into a region that has no streaks.
        return upsample(cover, step, code.shape) * np.isfinite(threshold)[code]

    threshold = _thresholds(drawn, code[at])
    usual = above(threshold)
    factors = specimen.composition.axons[:, 0]
    if (factors == 1).all():
        return AxonStreaks(usual, usual, None)
    within = np.where(location.margin[at] > 0, code[at], np.uint8(0))
    own, kept = _own_thresholds(drawn, within, threshold, factors)
    lost = np.where(np.isfinite(kept)[code], 1 - above(kept), np.float32(0))
    return AxonStreaks(usual, above(own), lost)


def _thresholds(
    values: NDArray[np.float32], code: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Return, by code, what the region's share of axons lies above."""
    shares = lookup("axons")
    thresholds = np.full(len(shares), np.inf, dtype=np.float32)
    for region in np.flatnonzero(shares > 0):
        inside = values[code == region]
        if len(inside):
            thresholds[region] = np.quantile(inside, 1 - shares[region])
    return thresholds


def _own_thresholds(
    values: NDArray[np.float32],
    code: NDArray[np.uint8],
    usual: NDArray[np.float32],
    factors: NDArray[np.float64],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return thresholds above which there are so many times as many axons as usual.

    Of streaks, then of white matter that is left; infinite where there is none, and
    where no axons are lost. ``code`` is 0 outside the tissue.
    """
    own, kept = usual.copy(), np.full_like(usual, np.inf)
    for region in np.flatnonzero(np.isfinite(usual) & (factors != 1)):
        inside = values[code == region]
        if not len(inside):
            continue
        if region in WHITE_MATTER:
            kept[region] = np.quantile(inside, 1 - factors[region])
        else:
            share = factors[region] * np.mean(inside > usual[region])
            own[region] = np.quantile(inside, 1 - min(share, _LARGEST_SHARE))
    return own, kept
