"""From the phantom's tissue to its image: phase contrast, shading and noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.datasets.phantom._difficulty import Difficulty
from sklearn_microarch.datasets.phantom._seed import stream
from sklearn_microarch.datasets.phantom._surroundings import (
    draw_seams,
    draw_walls,
    loose_fragments,
    ring_streaks,
)
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen

__all__ = ["Scan", "cupping_gain", "phase_contrast", "shading_gain", "take_image"]

# Grey level of empty resin: below the scanner's zero, so that it is black.
_RESIN_GREY = -4.0
# Half the height of the tissue, as a share of half the height of the frame.
_TISSUE_EXTENT = 0.85
# Width of the wider blur where a slice is out of focus, in pixels.
_DEFOCUS_PX = 1.3
# Dents in the brightness of a cupped scan: their depth as a share of the cupping,
# their size, and how far they reach along z.
_DENT = 0.1
_DENTS_UM = (250.0, 4000.0)


def phase_contrast(
    tissue: NDArray[np.float32], *, blur_px: float = 0.92, strength: float = 0.9
) -> NDArray[np.float32]:
    """Blur (height, width) by the point spread, and overshoot at edges as X-rays do.

    ``strength`` weighs the difference to a wider blur, which draws a bright fringe
    around what is dark.
    """
    sharp = ndimage.gaussian_filter(tissue, blur_px, truncate=3.0)
    wide = ndimage.gaussian_filter(tissue, 3.0, truncate=3.0)
    sharp += np.float32(strength) * (sharp - wide)
    return sharp


def shading_gain(height: int, shading: float) -> NDArray[np.float32]:
    """Return the gain (height, 1), of mean 1: dark in the middle, bright at the rims.

    ``shading`` is the gain at the tissue's rims over that in its middle, less one.
    """
    place = np.linspace(-1, 1, height, dtype=np.float32)[:, np.newaxis]
    gain = 1 + np.float32(shading) * (place / np.float32(_TISSUE_EXTENT)) ** 2
    return gain / gain.mean()


def cupping_gain(
    specimen: Specimen, z_um: float, cupping: float
) -> NDArray[np.float32]:
    """Return the gain (height, width), of mean 1: a bowl over both axes, and dents.

    ``cupping`` is the gain in the corners over that in the middle, less one.
    """
    down, across = (
        np.linspace(-1, 1, n, dtype=np.float32) ** 2 for n in specimen.shape
    )
    bowl = 0.5 * (down[:, np.newaxis] + across)
    dents = specimen.smooth_field(z_um, "cupping", *_DENTS_UM)
    gain = 1 + np.float32(cupping) * (bowl + np.float32(_DENT) * np.clip(dents, -2, 2))
    return gain / np.float32(gain.mean(dtype=np.float64))


@dataclass(frozen=True)
class Scan:
    """What a scanner does to a section, beside its optics."""

    difficulty: Difficulty
    shading: float  # as in `shading_gain`
    noise: float  # standard deviation within the tissue, in grey levels
    streaks: float = 1.0  # factor of the ring streaks
    cupping: float = 0.0  # as in `cupping_gain`


def take_image(
    tissue: NDArray[np.float32],
    inside: NDArray[np.float32],
    specimen: Specimen,
    z_um: float,
    scan: Scan,
) -> NDArray[np.uint8]:
    """Image a section (height, width), in grey levels, as a scanner does.

    ``inside`` is the share of each pixel that is tissue.
    """
    scene = tissue * inside + loose_fragments(inside, specimen, z_um)
    image = phase_contrast(scene)
    if scan.difficulty.defocus > 0:
        share = 0.5 + 0.5 * specimen.smooth_field(z_um, "focus", 90, 300)
        share = np.float32(scan.difficulty.defocus) * np.clip(share, 0, 1)
        blurred = ndimage.gaussian_filter(image, _DEFOCUS_PX, truncate=3.0)
        image += share * (blurred - image)
    image *= shading_gain(specimen.shape[0], scan.shading)
    if scan.shading > 0 and scan.difficulty.unevenness > 0:
        gain = specimen.smooth_field(z_um, "unevenness", 110, 400)
        image *= 1 + np.float32(scan.difficulty.unevenness * scan.shading) * gain
    if scan.cupping > 0:
        image *= cupping_gain(specimen, z_um, scan.cupping)
    rings = ring_streaks(specimen.seed, specimen.shape, z_um)
    image += np.float32(scan.streaks) * inside * rings
    draw_seams(image, specimen)
    draw_walls(image, specimen)
    if scan.noise > 0:
        rng = stream(specimen.seed, "detector", round(z_um * 1000))
        grain = rng.standard_normal(specimen.shape, dtype=np.float32)
        ndimage.gaussian_filter(grain, 0.45, output=grain, truncate=3.0)
        grain *= np.float32(scan.noise / grain.std(dtype=np.float64))
        # A detector counts: where there is little signal, there is little noise.
        image += grain * (0.35 + 0.65 * inside)
    image += np.float32(_RESIN_GREY) * (1 - inside)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
