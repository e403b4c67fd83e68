"""Phantom slices that a drift report is tried on: near, far, of others, and altered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import numpy as np
from scipy import ndimage

from sklearn_microarch import SliceImage
from sklearn_microarch.datasets import alter_exposure, make_thalamocortical_phantom

# An unseen slice with none of the cells of the slice that was trained on.
UNSEEN_UM = 60.0
# Sections of so many other animals are judged by each model.
N_ANIMALS = 12
FIRST_ANIMAL = 1000


@dataclass(frozen=True)
class Case:
    """A slice to judge.

    Parameters
    ----------
    name, kind : str
        The kind is what rates are given for.
    z_um : float
        Its distance from the slice that was trained on.
    animal : int or None
        Number of another animal; None for the one that was trained on.
    exposure : dict
        What `alter_exposure` is given.
    alter : callable or None
        Changes the picture as an array of float.
    zoom : float
        Above 1, structures appear larger than the pixel size says.
    """

    name: str
    kind: str
    z_um: float = UNSEEN_UM
    animal: int | None = None
    exposure: dict[str, Any] = field(default_factory=dict)
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


def animal_of(seed: int, number: int) -> int:
    """Return the seed of another animal, which no other specimen's cases show."""
    return FIRST_ANIMAL + 100 * seed + number


def altered(
    case: Case, seed: int, shape: tuple[int, int]
) -> tuple[SliceImage, np.ndarray]:
    """Return the slice of a case and its regions."""
    specimen = seed if case.animal is None else animal_of(seed, case.animal)
    image, rois = slice_of(specimen, case.z_um, shape)
    if case.zoom != 1:
        pixels = ndimage.zoom(image.data.astype(np.float32), case.zoom, order=1)
        rois = ndimage.zoom(rois, case.zoom, order=0)
        image = image.replace(data=_as_grey_levels(pixels))
    if case.alter is not None:
        pixels = case.alter(image.data.astype(np.float32))
        image = image.replace(data=_as_grey_levels(pixels))
    if case.exposure:
        image = alter_exposure(image, random_state=0, **case.exposure)
    return image, rois


def _as_grey_levels(pixels: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)


def add_texture(pixels: np.ndarray, *, strength: float) -> np.ndarray:
    """Add spots of a few pixels that no tissue has, of so many grey levels."""
    spots = np.random.default_rng(1).normal(size=pixels.shape)
    spots = ndimage.gaussian_filter(spots, 2)
    return pixels + strength * spots / spots.std()


def sharpen(pixels: np.ndarray, *, strength: float) -> np.ndarray:
    """Raise what is finer than a few pixels, as a filter of a scanner does."""
    return pixels + strength * (pixels - ndimage.gaussian_filter(pixels, 1.5))


def median(pixels: np.ndarray, *, size: int) -> np.ndarray:
    """Take the noise, and the fine texture, away."""
    return ndimage.median_filter(pixels, size)


UNSEEN = Case("60 um away", "own")


def _exposures(kind: str, argument: str, values: tuple) -> list[Case]:
    return [
        Case(f"{kind} {value:g}", kind, exposure={argument: value}) for value in values
    ]


CASES = [
    Case("1.17 um away", "own", z_um=1.17),
    Case("12 um away", "own", z_um=12.0),
    UNSEEN,
    Case("200 um away", "own", z_um=200.0),
    Case("500 um away", "own", z_um=500.0),
    *(
        Case(f"animal {number}", "animal", z_um=0.0, animal=number)
        for number in range(N_ANIMALS)
    ),
    *_exposures("gain", "gain", (0.8, 1.2)),
    *_exposures("offset", "offset", (-25.0, 25.0)),
    *_exposures("gamma", "gamma", (0.6, 0.8, 0.9, 1.1, 1.25, 1.6)),
    *_exposures("ramp", "ramp", (0.1, 0.2, 0.4)),
    *_exposures("shading", "shading", (0.2, 0.4, 0.8)),
    *_exposures("streaks", "streaks", (2.0, 5.0)),
    *_exposures("blur", "blur_px", (0.5, 1.0, 1.5, 2.5)),
    *_exposures("noise", "noise", (3.0, 8.0, 20.0)),
    *_exposures("levels", "n_grey_levels", (64, 19, 10, 5)),
    *(Case(f"scale {zoom}", "scale", zoom=zoom) for zoom in (0.75, 0.9, 1.1, 1.25)),
    *(
        Case(f"texture {s}", "texture", alter=partial(add_texture, strength=s))
        for s in (6, 15)
    ),
    *(
        Case(f"sharpen {s}", "filter", alter=partial(sharpen, strength=s))
        for s in (0.5, 1.0)
    ),
    Case("median 3", "filter", alter=partial(median, size=3)),
]
