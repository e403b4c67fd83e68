"""The picture of a slice on a page: 8 bits, with the grey levels they stand for."""

from base64 import b64encode
from dataclasses import dataclass
from math import sqrt

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._resample import ResampledArray

# The longer side has at least so many pixels, where the slice has them ...
LEAST_SIDE = 2000
# ... and more, as long as these are not exceeded.
MOST_PIXELS, MOST_SIDE = 3_000_000, 4096
# Grey levels beyond these percentiles are black or white.
_LIMITS = (0.5, 99.8)
_QUALITY = 85


@dataclass(frozen=True, eq=False)
class SlicePicture:
    """A slice made smaller by area, in 8 bits."""

    # (rows, columns), or (rows, columns, 3) in colour.
    picture: NDArray[np.uint8]
    # Pixels of the slice that a pixel of the picture is wide.
    scale: float
    # Grey levels drawn as black and as white; None in colour.
    limits: tuple[float, float] | None

    def rgb(self) -> NDArray[np.uint8]:
        """Return the picture as (rows, columns, 3)."""
        if self.picture.ndim == 3:
            return self.picture
        return np.repeat(self.picture[..., np.newaxis], 3, axis=2)

    def levels(self, pixels: NDArray) -> NDArray[np.uint8]:
        """Return pixels of the slice, channels first, as the picture shows them."""
        if self.limits is None:
            return np.ascontiguousarray(np.moveaxis(pixels, 0, -1))
        return as_levels(mean_of_channels(pixels), self.limits)


def make_backdrop(image: SliceImage) -> SlicePicture:
    """Return the picture of a slice; three channels of 8 bits are a colour picture."""
    scale = _scale_of(image.shape)
    small = np.asarray(image.data if scale == 1 else ResampledArray(image.data, scale))
    if image.n_channels == 3 and image.dtype == np.uint8:
        colors = np.ascontiguousarray(np.moveaxis(small, 0, -1))
        return SlicePicture(colors, scale, None)
    grey = mean_of_channels(small)
    known = grey[np.isfinite(grey)]
    low, high = np.percentile(known, _LIMITS) if known.size else (0.0, 1.0)
    limits = float(low), max(float(high), float(low) + 1e-6)
    return SlicePicture(as_levels(grey, limits), scale, limits)


def mean_of_channels(pixels: NDArray) -> NDArray[np.float64]:
    """Return grey levels (height, width) of an image with or without channels."""
    grey = pixels.astype(np.float64, copy=False)
    return grey.mean(axis=0) if grey.ndim == 3 else grey


def as_levels(grey: NDArray, limits: tuple[float, float]) -> NDArray[np.uint8]:
    """Return grey levels as 0 to 255 between two limits, 0 where there is none."""
    low, high = limits
    levels = np.clip((grey - low) / (high - low), 0, 1)
    return np.round(255 * np.nan_to_num(levels)).astype(np.uint8)


def png_uri(picture: NDArray[np.uint8]) -> str:
    """Return a picture, exact to the bit, as the address of itself."""
    data = imagecodecs.png_encode(np.ascontiguousarray(picture), level=6)
    return f"data:image/png;base64,{b64encode(data).decode()}"


def jpeg_uri(picture: NDArray[np.uint8]) -> str:
    """Return a picture, near enough to look at, as the address of itself."""
    data = imagecodecs.jpeg8_encode(
        np.ascontiguousarray(picture), level=_QUALITY, subsampling="444"
    )
    return f"data:image/jpeg;base64,{b64encode(data).decode()}"


def _scale_of(shape: tuple[int, int]) -> float:
    """Return how many pixels of the slice become one."""
    longest = max(shape)
    room = max(sqrt(shape[0] * shape[1] / MOST_PIXELS), longest / MOST_SIDE)
    return max(1.0, min(longest / LEAST_SIDE, room))
