"""Folds, tears, bubbles and blurred spots in a picture of tissue, at known places."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

# A part of the picture around an artefact, and which of its pixels belong to it.
Draw = Callable[[NDArray[np.float32], NDArray[np.bool_]], NDArray[np.float32]]

REACH = 400
N_OF_EACH, N_TRIED = 4, 60
GLASS, NOISE = 10.0, 2.5


def _noise(shape: tuple[int, ...]) -> NDArray[np.float64]:
    return np.random.default_rng(0).normal(0, NOISE, shape)


def _rim(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return inside & ~ndimage.binary_erosion(inside, iterations=4)


def dark_fold(part, inside):
    """Draw tissue that lets little light through."""
    return np.where(inside, 0.55 * part, part)


def bright_fold(part, inside):
    """Draw tissue that scatters or absorbs half as much again."""
    return np.where(inside, 1.5 * part, part)


def double_layer(part, inside):
    """Draw two layers, one on the other, as bright as one: the hardest to see."""
    other = np.roll(part, (37, 61), axis=(0, 1))
    tissue = np.median(part[inside]) or 1.0
    return np.where(inside, part * other / tissue, part)


def tear(part, inside):
    """Draw glass, with a bright rim."""
    glass = np.where(_rim(inside), 1.3 * part, GLASS + _noise(part.shape))
    return np.where(inside, glass, part)


def bright_bubble(part, inside):
    """Draw a bright disk with a dark rim."""
    disk = np.where(_rim(inside), 40.0, 230 + _noise(part.shape))
    return np.where(inside, disk, part)


def dark_bubble(part, inside):
    """Draw a dark disk with a bright rim."""
    disk = np.where(_rim(inside), 230.0, 30 + _noise(part.shape))
    return np.where(inside, disk, part)


def blurred_spot(part, inside):
    """Draw tissue out of focus."""
    return np.where(inside, ndimage.gaussian_filter(part, 4), part)


# Whether they are strips, or disks.
ARTEFACTS: dict[str, tuple[Draw, bool]] = {
    "dark fold": (dark_fold, True),
    "bright fold": (bright_fold, True),
    "double layer": (double_layer, True),
    "tear": (tear, True),
    "bright bubble": (bright_bubble, False),
    "dark bubble": (dark_bubble, False),
    "blurred spot": (blurred_spot, False),
}


def plant_artefacts(
    pixels: NDArray[np.uint8], tissue: NDArray[np.bool_], seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the picture with artefacts in its tissue, and the number of each from 1.

    Strips are 80 to 140 pixels wide and 300 to 600 long, disks 120 to 220 wide; they
    do not overlap.
    """
    rng = np.random.default_rng(seed)
    out, planted = pixels.astype(np.float32), np.zeros(pixels.shape, dtype=np.uint8)
    places = np.argwhere(tissue)
    for number, (draw, is_strip) in enumerate(ARTEFACTS.values(), start=1):
        done = 0
        for row, col in rng.permutation(places)[:N_TRIED]:
            top, left = max(0, row - REACH), max(0, col - REACH)
            where = slice(top, row + REACH), slice(left, col + REACH)
            height, width = out[where].shape
            rows, cols = np.ogrid[top : top + height, left : left + width]
            shape = _strip(rng) if is_strip else _disk(rng)
            inside = shape(rows - row, cols - col)
            if done == N_OF_EACH or planted[where][inside].any():
                continue
            out[where] = draw(out[where], inside)
            planted[where][inside] = number
            done += 1
    return np.clip(np.rint(out), 0, 255).astype(np.uint8), planted


def _strip(rng: Generator) -> Callable[[NDArray, NDArray], NDArray[np.bool_]]:
    half_width, half_length = rng.uniform(40, 70), rng.uniform(150, 300)
    angle = rng.uniform(0, np.pi)

    def inside(rows: NDArray, cols: NDArray) -> NDArray[np.bool_]:
        along = cols * np.cos(angle) + rows * np.sin(angle)
        across = rows * np.cos(angle) - cols * np.sin(angle)
        return (np.abs(along) < half_length) & (np.abs(across) < half_width)

    return inside


def _disk(rng: Generator) -> Callable[[NDArray, NDArray], NDArray[np.bool_]]:
    radius = rng.uniform(60, 110)
    return lambda rows, cols: rows**2 + cols**2 < radius**2
