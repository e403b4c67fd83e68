"""Smooth random fields of the phantom: correlated in the plane and along z."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from sklearn_microarch.datasets.phantom._seed import stream

__all__ = ["PlaneWaves", "smooth_noise", "smooth_noise_at", "upsample"]


@dataclass(frozen=True, eq=False)
class PlaneWaves:
    """A random function of (x, y, z), evaluated anywhere at low cost.

    A sum of plane waves whose phases advance with z: evaluated on a grid, the same
    function as at scattered points.
    """

    amplitude: float  # largest absolute value
    wave_x: NDArray[np.float64]  # (n_waves,), radians per slab height
    wave_y: NDArray[np.float64]
    wave_z: NDArray[np.float64]  # (n_waves,), radians per micrometre
    phase: NDArray[np.float64]  # (n_waves,), radians

    @classmethod
    def draw(
        cls,
        rng: np.random.Generator,
        amplitude: float,
        wavelength: float,
        period_um: float,
        n_waves: int = 5,
    ) -> "PlaneWaves":
        """Draw waves of about this length (slab heights) and period along z."""
        angle = rng.uniform(0, 2 * np.pi, n_waves)
        number = 2 * np.pi / wavelength * rng.uniform(0.6, 1.4, n_waves)
        return cls(
            amplitude=amplitude,
            wave_x=number * np.cos(angle),
            wave_y=number * np.sin(angle),
            wave_z=2 * np.pi / period_um * rng.uniform(0.5, 1.5, n_waves),
            phase=rng.uniform(0, 2 * np.pi, n_waves),
        )

    def __call__(self, x: ArrayLike, y: ArrayLike, z_um: ArrayLike) -> NDArray:
        """Evaluate at broadcastable x, y (slab heights) and z (micrometres)."""
        x, y, z = np.asarray(x), np.asarray(y), np.asarray(z_um)
        total: NDArray = np.zeros((), dtype=np.result_type(x, y))
        waves = zip(self.wave_x, self.wave_y, self.wave_z, self.phase, strict=True)
        for wave_x, wave_y, wave_z, phase in waves:
            # sin(a + b) expanded, so that a grid costs two outer products.
            a, b = wave_x * x, wave_y * y + (wave_z * z + phase)
            total = total + np.sin(a).astype(x.dtype) * np.cos(b).astype(y.dtype)
            total += np.cos(a).astype(x.dtype) * np.sin(b).astype(y.dtype)
        return total * np.asarray(self.amplitude / len(self.phase), dtype=total.dtype)


def smooth_noise(
    seed: int,
    name: str,
    shape: tuple[int, int],
    *,
    sigma_px: float,
    z_um: float,
    depth_um: float,
) -> NDArray[np.float32]:
    """Return Gaussian noise of unit variance, smooth in the plane and along z.

    ``name`` is that of its random stream; after ``depth_um`` the field is wholly
    renewed.
    """
    step, coarse = _coarse_grid(shape, sigma_px)
    knot = int(np.floor(z_um / depth_um))
    turn = 0.5 * np.pi * (z_um / depth_um - knot)
    noise = np.zeros(coarse, dtype=np.float32)
    # cos^2 + sin^2 = 1 keeps the variance the same between the knots.
    for frame, weight in ((knot, np.cos(turn)), (knot + 1, np.sin(turn))):
        if weight > 1e-9:
            white = stream(seed, name, frame).standard_normal(coarse, dtype=np.float32)
            noise += np.float32(weight) * white
    _smooth(noise, sigma_px / step)
    return upsample(noise, step, shape) if step > 1 else noise[: shape[0], : shape[1]]


def smooth_noise_at(
    place: NDArray[np.float64],
    seed: int,
    name: str,
    shape: tuple[int, int],
    *,
    sigma_px: float,
    depth_um: float,
) -> NDArray[np.float32]:
    """Return what `smooth_noise` has at points in space, (n_points,).

    ``place`` (3, n_points) holds rows and columns, in pixels, and heights in um.
    """
    step, coarse = _coarse_grid(shape, sigma_px)
    knot = np.floor(place[2] / depth_um)
    turn = 0.5 * np.pi * (place[2] / depth_um - knot)
    total = np.zeros(place.shape[1], dtype=np.float32)
    for frame in np.union1d(knot, knot + 1).astype(int):
        weight = np.cos(turn) * (knot == frame) + np.sin(turn) * (knot + 1 == frame)
        noise = stream(seed, name, frame).standard_normal(coarse, dtype=np.float32)
        _smooth(noise, sigma_px / step)
        total += weight.astype(np.float32) * ndimage.map_coordinates(
            noise, place[:2] / step, order=1, mode="nearest"
        )
    return total


def _coarse_grid(
    shape: tuple[int, int], sigma_px: float
) -> tuple[int, tuple[int, int]]:
    """Return distance in pixels, and number, of the points that hold the noise."""
    step = max(1, int(sigma_px / 2))
    return step, (-(-shape[0] // step) + 2, -(-shape[1] // step) + 2)


def _smooth(noise: NDArray[np.float32], sigma: float) -> None:
    """Smooth white noise in place and give it unit variance again."""
    if sigma > 0.3:
        ndimage.gaussian_filter(noise, sigma, output=noise, mode="wrap", truncate=3.0)
        impulse = np.zeros(2 * int(3 * sigma + 1) + 1)
        impulse[len(impulse) // 2] = 1
        kernel = ndimage.gaussian_filter1d(impulse, sigma, truncate=3.0)
        noise /= np.float32((kernel**2).sum())


def upsample(
    coarse: NDArray[np.float32], step: int, shape: tuple[int, int]
) -> NDArray[np.float32]:
    """Interpolate linearly from every `step`-th pixel to ``shape`` (height, width).

    Values lie at pixels 0, step, 2 * step, ...; the last ones at or beyond the last
    pixel.
    """
    for axis, length in enumerate(shape):
        at = np.arange(length) / step
        low = np.minimum(at.astype(np.intp), coarse.shape[axis] - 2)
        part = (at - low).astype(np.float32)
        part = part[:, np.newaxis] if axis == 0 else part
        below, above = coarse.take(low, axis), coarse.take(low + 1, axis)
        coarse = below + (above - below) * part
    return coarse
