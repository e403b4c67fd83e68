"""Phantom slices that a drift report is tried on: near, far, and altered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from scipy import ndimage

from sklearn_microarch import SliceImage
from sklearn_microarch.datasets import make_thalamocortical_phantom

# An unseen slice with none of the cells of the slice that was trained on.
UNSEEN_UM = 60.0


@dataclass(frozen=True)
class Case:
    """A slice to judge.

    Parameters
    ----------
    name : str
    z_um : float
        Its distance from the slice that was trained on.
    other_specimen : bool
    alter : callable or None
        Changes the picture as an array.
    zoom : float
        Above 1, structures appear larger than the pixel size says.
    """

    name: str
    z_um: float = UNSEEN_UM
    other_specimen: bool = False
    alter: Callable[[np.ndarray], np.ndarray] | None = None
    zoom: float = 1.0


@lru_cache(maxsize=4)
def slice_of(
    seed: int, z_um: float, shape: tuple[int, int]
) -> tuple[SliceImage, np.ndarray]:
    """Return a slice of a specimen and its regions."""
    phantom = make_thalamocortical_phantom(
        shape=shape, z_um=[z_um], six_class=True, random_state=seed
    )
    return phantom.images[0], phantom.rois[0]


def altered(
    case: Case, seed: int, shape: tuple[int, int]
) -> tuple[SliceImage, np.ndarray]:
    """Return the slice of a case and its regions."""
    specimen = seed + 100 if case.other_specimen else seed
    image, rois = slice_of(specimen, case.z_um, shape)
    pixels = image.data
    if case.zoom != 1:
        pixels = ndimage.zoom(pixels.astype(np.float32), case.zoom, order=1)
        rois = ndimage.zoom(rois, case.zoom, order=0)
    if case.alter is not None:
        pixels = case.alter(pixels.astype(np.float32))
    pixels = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return image.replace(data=pixels), rois


def gamma(pixels: np.ndarray, *, power: float) -> np.ndarray:
    """Bend the grey levels."""
    return 255 * (pixels / 255) ** power


def shade(pixels: np.ndarray, *, strength: float) -> np.ndarray:
    """Darken one end of the slice and brighten the other."""
    return pixels * np.linspace(1 - strength, 1 + strength, pixels.shape[1])


def blur(pixels: np.ndarray, *, sigma: float) -> np.ndarray:
    """Blur by a Gaussian."""
    return ndimage.gaussian_filter(pixels, sigma)


def few_levels(pixels: np.ndarray, *, levels: int) -> np.ndarray:
    """Keep a few grey levels."""
    step = 255 / (levels - 1)
    return np.rint(pixels / step) * step


def add_noise(pixels: np.ndarray, *, sigma: float) -> np.ndarray:
    """Add white noise."""
    return pixels + np.random.default_rng(0).normal(0, sigma, pixels.shape)


def offset(pixels: np.ndarray, *, by: float) -> np.ndarray:
    """Add to all grey levels."""
    return pixels + by


UNSEEN = Case("60 um away")

CASES = [
    Case("1.17 um away", z_um=1.17),
    Case("12 um away", z_um=12.0),
    UNSEEN,
    Case("200 um away", z_um=200.0),
    Case("500 um away", z_um=500.0),
    Case("another specimen", other_specimen=True),
    *(
        Case(f"gamma {power}", alter=partial(gamma, power=power))
        for power in (0.6, 0.8, 0.9, 1.1, 1.25, 1.6)
    ),
    *(
        Case(f"shading {strength}", alter=partial(shade, strength=strength))
        for strength in (0.1, 0.2, 0.4)
    ),
    *(
        Case(f"blur {sigma} px", alter=partial(blur, sigma=sigma))
        for sigma in (0.5, 1.0, 1.5, 2.5)
    ),
    *(
        Case(f"{levels} grey levels", alter=partial(few_levels, levels=levels))
        for levels in (64, 19, 10, 5)
    ),
    *(
        Case(f"noise {sigma}", alter=partial(add_noise, sigma=sigma))
        for sigma in (3, 8, 20)
    ),
    *(Case(f"offset {by:+d}", alter=partial(offset, by=by)) for by in (-25, 25)),
    *(Case(f"scale x {zoom}", zoom=zoom) for zoom in (0.75, 0.9, 1.1, 1.25)),
]
