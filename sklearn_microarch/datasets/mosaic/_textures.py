"""Textures as shot noise: spots of one kind, strewn at random."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from sklearn_microarch.datasets.phantom._seed import stream

# Lowest and highest of each, in even steps of its logarithm from texture to texture.
_RADIUS_UM = (1.5, 5.0)
_ELONGATION = (1.0, 6.0)
_SPOTS_ON_A_PIXEL = (0.05, 1.5)  # how many spots reach it, on average
# Spots point in one direction, or in as many.
_N_DIRECTIONS = 4
# Beyond, in standard deviations, spots that lie on one another are not summed up.
_LARGEST_DEVIATION = 4.0


@dataclass(frozen=True)
class Texture:
    """Spots: their radius across (um), length over width, number, sign, direction."""

    radius_um: float
    elongation: float
    spots_on_a_pixel: float
    sign: float
    angle: float
    parallel: bool


def draw_textures(seed: int, n_textures: int) -> list[Texture]:
    """Return textures of which no two share a step of any scale: a Latin hypercube."""
    rng = stream(seed, "textures")

    def steps(low: float, high: float) -> NDArray[np.float64]:
        place = (rng.permutation(n_textures) + 0.5) / n_textures
        return low * (high / low) ** place

    def halves() -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = rng.permutation(np.arange(n_textures) % 2) == 0
        return found

    radius, elongation = steps(*_RADIUS_UM), steps(*_ELONGATION)
    spots, is_dark = steps(*_SPOTS_ON_A_PIXEL), halves()
    angle, parallel = rng.uniform(0, np.pi, n_textures), halves()
    return [
        Texture(
            radius_um=float(radius[number]),
            elongation=float(elongation[number]),
            spots_on_a_pixel=float(spots[number]),
            sign=-1.0 if is_dark[number] else 1.0,
            angle=float(angle[number]),
            parallel=bool(parallel[number]),
        )
        for number in range(n_textures)
    ]


def render_texture(
    texture: Texture,
    seed: int,
    name: str,
    within: NDArray[np.bool_],
    pixel_size_um: float,
) -> NDArray[np.float32]:
    """Return its grey levels (n,) on the pixels within, of mean 0 and deviation 1."""
    rng = stream(seed, name)
    narrow = texture.radius_um / pixel_size_um
    wide = narrow * texture.elongation
    turns = np.arange(1 if texture.parallel else _N_DIRECTIONS) / _N_DIRECTIONS
    density = texture.spots_on_a_pixel / (2 * np.pi * narrow * wide) / len(turns)
    total = np.zeros(within.shape, dtype=np.float32)
    for angle in texture.angle + np.pi * turns:
        strewn = rng.poisson(density, within.shape).astype(np.float32)
        total += _blur(strewn, narrow, wide, float(angle))
    values = np.float32(texture.sign) * total[within]
    return _standard(
        np.clip(_standard(values), -_LARGEST_DEVIATION, _LARGEST_DEVIATION)
    )


def _blur(
    strewn: NDArray[np.float32], narrow: float, wide: float, angle: float
) -> NDArray[np.float32]:
    """Turn each point (height, width) into a spot, round the edges of the frame."""
    rows = fft.fftfreq(strewn.shape[0]).astype(np.float32)[:, None]
    cols = fft.rfftfreq(strewn.shape[1]).astype(np.float32)
    along = np.float32(np.cos(angle)) * cols + np.float32(np.sin(angle)) * rows
    across = np.float32(np.cos(angle)) * rows - np.float32(np.sin(angle)) * cols
    reach = (np.float32(wide) * along) ** 2 + (np.float32(narrow) * across) ** 2
    gain = np.exp(np.float32(-2 * np.pi**2) * reach)
    found: NDArray[np.float32] = fft.irfft2(fft.rfft2(strewn) * gain, strewn.shape)
    return found


def _standard(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return values of mean 0 and deviation 1."""
    centred = values - np.float32(values.mean(dtype=np.float64))
    deviation = max(float(centred.std(dtype=np.float64)), 1e-6)
    return centred / np.float32(deviation)
