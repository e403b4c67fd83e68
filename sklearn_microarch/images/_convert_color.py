"""A colour picture as one channel: its brightness, or the density of its stain."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images._slice_image import SliceImage

COLORS = ("rgb", "grey", "optical density")
# How bright red, green and blue look (ITU-R BT.601).
_BRIGHTNESS = (0.299, 0.587, 0.114)
# Glass is taken to be as bright as the brightest pixels but for a few.
_GLASS_PERCENTILE = 99.0


def convert_color(image: SliceImage, color: str) -> SliceImage:
    """Return a picture (3, height, width) as one channel, or as it is."""
    if color == "rgb":
        return image
    if image.n_channels != 3 or image.dtype.kind != "u":
        found = image.n_channels or 1
        raise ValueError(
            f"color={color!r} is for pictures of red, green and blue, but this one has "
            f"{found} channel{'s' * (found > 1)} of {image.dtype}; leave color at "
            "'rgb', and choose with channels=."
        )
    pixels = image.pixels
    if color == "grey":
        grey = np.tensordot(_BRIGHTNESS, pixels, axes=1)
        return image.replace(data=np.rint(grey).astype(pixels.dtype))
    glass = np.percentile(pixels, _GLASS_PERCENTILE, axis=(1, 2))
    shown = ", ".join(f"{level:g}" for level in glass)
    note = f"optical density against glass of red, green and blue {shown}"
    return image.replace(
        data=optical_density(pixels, glass), notes=(*image.notes, note)
    )


def optical_density(pixels: NDArray, glass: NDArray) -> NDArray[np.float32]:
    """Return the mean over channels of log10(glass / pixel), at least 0.

    One is added to both, so that black has a density too.
    """
    density = np.zeros(pixels.shape[1:], dtype=np.float32)
    for plane, level in zip(pixels, glass, strict=True):
        passed = (plane.astype(np.float32) + 1) / np.float32(level + 1)
        density -= np.log10(np.minimum(passed, 1)) / len(pixels)
    return density
