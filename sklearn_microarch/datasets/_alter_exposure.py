"""A slice as another scanner, or another exposure, would have imaged it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from sklearn_microarch._arguments._numbers import check_integer, check_number, shown
from sklearn_microarch.datasets.phantom._imaging import shading_gain
from sklearn_microarch.datasets.phantom._seed import resolve_seed, stream
from sklearn_microarch.datasets.phantom._surroundings import ring_streaks
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._slice_image import as_slice_image

# What may be asked for, and what leaves the image as it is.
_LIMITS = {
    "gain": (0.001, 1000.0),
    "offset": (-1e9, 1e9),
    "gamma": (0.1, 10.0),
    "shading": (0.0, 1.0),
    "ramp": (-0.95, 0.95),
    "streaks": (0.0, 100.0),
    "blur_px": (0.0, 100.0),
    "noise": (0.0, 1e9),
}
_NEUTRAL = {"gain": 1.0, "gamma": 1.0}
_MOST_LEVELS = 65_536


def alter_exposure(
    image: SliceImage | ArrayLike,
    *,
    gain: float = 1.0,
    offset: float = 0.0,
    gamma: float = 1.0,
    shading: float = 0.0,
    ramp: float = 0.0,
    streaks: float = 0.0,
    blur_px: float = 0.0,
    noise: float = 0.0,
    n_grey_levels: int | None = None,
    dtype: str | None = None,
    random_state: int | np.random.Generator | np.random.RandomState | None = None,
) -> SliceImage:
    r"""Image a slice anew: other exposure, focus, illumination or detector.

    The tissue is the same, pixel by pixel; what differs is what a scanner decides.
    With :math:`x` the blurred image and :math:`w` its white level,

    .. math:: y = a \, (s \, w (x / w)^\gamma + r) + b + n

    where :math:`s` is shading and ramp, :math:`r` ring streaks, :math:`a` gain,
    :math:`b` offset and :math:`n` noise. Levels, rounding and clipping come last.

    Parameters
    ----------
    image : SliceImage or array-like of shape (height, width) or \
            (n_channels, height, width)
        Of any integer or real dtype; a lazy one is loaded.
    gain, offset : float, default=1.0 and 0.0
        Factor of all grey levels, from 0.001 to 1000, and what is added to them, in
        grey levels of the image.
    gamma : float, default=1.0
        Exponent of the grey levels as shares of the white level, from 0.1 to 10:
        above 1 darkens. White is the largest value of an integer dtype, and the
        largest absolute value in an image of real numbers, whose negative grey
        levels keep their sign.
    shading : float, default=0.0
        How much brighter upper and lower rims are than the middle row, as a share,
        to 1; as in :func:`make_thalamocortical_phantom`.
    ramp : float, default=0.0
        Share by which the left end is darker and the right end brighter, linearly
        along a row, from -0.95 to 0.95.
    streaks : float, default=0.0
        Strength of ring streaks, 1 for those of the phantom: lines across a band
        along the middle row, and rows that differ. Their grey levels scale with
        the white level, 255 for 1.
    blur_px : float, default=0.0
        Standard deviation of a Gaussian blur, in pixels.
    noise : float, default=0.0
        Standard deviation of white noise, in grey levels of the image.
    n_grey_levels : int or None, default=None
        Keep so many equidistant grey levels from 0 to white, from 2 to 65,536.
    dtype : {"float32"} or None, default=None
        None: that of the image; grey levels of integers are rounded, then clipped to
        their range. "float32": neither rounded nor clipped.
    random_state : int, Generator, RandomState or None, default=None
        Determines noise and streaks.

    Returns
    -------
    altered : SliceImage
        With all that was known of the image. Its ``notes`` say in addition what was
        done, and which share of pixels was clipped.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or the image is of bool.
    ValueError
        If an argument is out of range; the message names it and its limits.

    See Also
    --------
    make_thalamocortical_phantom : Slices whose truth is known.

    Examples
    --------
    >>> from sklearn_microarch.datasets import (
    ...     alter_exposure,
    ...     make_thalamocortical_phantom,
    ... )
    >>> phantom = make_thalamocortical_phantom(shape=(128, 512), random_state=0)
    >>> darker = alter_exposure(phantom.images[0], gain=0.8, offset=-25)
    >>> for note in darker.notes:
    ...     print(note)
    Imaged anew: gain 0.8, offset -25.
    7.88 % of pixels clipped to 0 or 255, beside 20.2 % that were so before.
    """
    image = as_slice_image(image)
    given = {
        "blur_px": blur_px,
        "gamma": gamma,
        "shading": shading,
        "ramp": ramp,
        "streaks": streaks,
        "gain": gain,
        "offset": offset,
        "noise": noise,
    }
    effects = {
        name: check_number(name, value, low=_LIMITS[name][0], high=_LIMITS[name][1])
        for name, value in given.items()
    }
    if n_grey_levels is not None:
        n_grey_levels = check_integer(
            "n_grey_levels", n_grey_levels, minimum=2, maximum=_MOST_LEVELS
        )
    asked = _check_dtype(image, dtype)
    seed = resolve_seed(random_state)

    values = _altered(image, effects, seed)
    if n_grey_levels is not None:
        step = _white(image.pixels) / (n_grey_levels - 1)
        values = np.rint(values / step) * step
    pixels, clipped = _stored(values, asked, image.pixels)
    done = [
        f"{name.removesuffix('_px')} {value:g}{' px' * name.endswith('_px')}"
        for name, value in effects.items()
        if value != _NEUTRAL.get(name, 0.0)
    ]
    done += [f"{n_grey_levels} grey levels"] * (n_grey_levels is not None)
    notes = [f"Imaged anew: {', '.join(done) or 'nothing altered'}."]
    return image.replace(data=pixels, notes=(*image.notes, *notes, *clipped))


def _check_dtype(image: SliceImage, dtype: str | None) -> np.dtype:
    if image.dtype.kind == "b":
        raise TypeError(
            "image is of bool, which has no grey levels; convert it to uint8 first."
        )
    if dtype is None:
        return image.dtype
    if not isinstance(dtype, str) or dtype != "float32":
        raise ValueError(f"dtype={shown(dtype)} must be 'float32' or None.")
    return np.dtype(np.float32)


def _white(pixels: NDArray) -> float:
    """Return the grey level that counts as white."""
    if pixels.dtype.kind in "iu":
        return float(np.iinfo(pixels.dtype).max)
    return float(np.abs(pixels).max()) or 1.0


def _altered(image: SliceImage, effects: dict[str, float], seed: int) -> NDArray:
    """Apply all that happens before grey levels are stored, as real numbers."""
    pixels = image.pixels
    values = pixels.astype(np.result_type(pixels.dtype, np.float32))
    height, width = image.shape
    white = 0.0
    if effects["gamma"] != 1 or effects["streaks"] > 0:
        white = _white(pixels)
    if effects["blur_px"] > 0:
        sigma = (0,) * (values.ndim - 2) + (effects["blur_px"],) * 2
        values = ndimage.gaussian_filter(values, sigma)
    if effects["gamma"] != 1:
        share = np.abs(values) / white
        values = np.copysign(white * share ** effects["gamma"], values)
    if effects["shading"] > 0:
        values *= shading_gain(height, effects["shading"])
    if effects["ramp"] != 0:
        across = np.linspace(-1, 1, width, dtype=values.dtype)
        values *= 1 + effects["ramp"] * across
    if effects["streaks"] > 0:
        rings = ring_streaks(seed, (height, width), 0.0)
        values += effects["streaks"] * white / 255 * rings
    if effects["gain"] != 1:
        values *= effects["gain"]
    if effects["offset"] != 0:
        values += effects["offset"]
    if effects["noise"] > 0:
        rng = stream(seed, "noise")
        values += effects["noise"] * rng.standard_normal(values.shape, dtype=np.float32)
    return values


def _stored(
    values: NDArray, dtype: np.dtype, before: NDArray
) -> tuple[NDArray, list[str]]:
    """Return grey levels as the dtype holds them, and a note on those clipped."""
    if dtype.kind == "f":
        return values.astype(dtype, copy=False), []
    low, high = (float(end) for end in (np.iinfo(dtype).min, np.iinfo(dtype).max))
    # The nearest real number may lie beyond what 64 bits hold.
    if int(high) > np.iinfo(dtype).max:
        high = float(np.nextafter(high, 0))
    values = np.rint(values)
    beyond = (values < low) | (values > high)
    kept = np.clip(values, low, high).astype(dtype)
    if not beyond.any():
        return kept, []
    lost = beyond & (kept != before)
    return kept, [
        f"{100 * lost.mean():.3g} % of pixels clipped to {low:g} or {high:g}, beside "
        f"{100 * (beyond & ~lost).mean():.3g} % that were so before."
    ]
