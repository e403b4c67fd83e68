"""Patch sizes in micrometres, and pixel sizes that must agree."""

from collections.abc import Sequence
from typing import Protocol

from sklearn_microarch._arguments._numbers import LARGEST_COUNT
from sklearn_microarch.exceptions import PixelSizeMismatchError
from sklearn_microarch.images import SliceImage

TOLERANCE = 0.01


class _HasPatchSize(Protocol):
    patch_size: int
    patch_size_um: float | None


def patch_size_in_pixels(sampler: _HasPatchSize, pixel_size_um: float | None) -> int:
    """Return the edge length of a patch in pixels."""
    if sampler.patch_size_um is None:
        return int(sampler.patch_size)
    if pixel_size_um is None:
        raise ValueError(
            f"patch_size_um={sampler.patch_size_um} needs a known pixel size; set "
            "pixel_size_um, or give the image as SliceImage(data, pixel_size_um=...)."
        )
    size = sampler.patch_size_um / pixel_size_um
    if not size < LARGEST_COUNT:
        raise ValueError(
            f"patch_size_um={sampler.patch_size_um:g} is {size:g} pixels of "
            f"{pixel_size_um:g} um, more than any image has."
        )
    return max(1, round(size))


def common_pixel_size(images: Sequence[SliceImage]) -> float | None:
    """Return the pixel size the images share; None when none is known."""
    known = [image for image in images if image.pixel_size_um is not None]
    for image in known[1:]:
        check_same_pixel_size(image, known[0].pixel_size_um)
    return known[0].pixel_size_um if known else None


def check_same_pixel_size(image: SliceImage, expected_um: float | None) -> None:
    """Raise when an image's known pixel size is not the expected one, to 1 %."""
    found = image.pixel_size_um
    if found is None or expected_um is None:
        return
    if abs(found - expected_um) > TOLERANCE * expected_um:
        raise PixelSizeMismatchError(
            f"image {image.name!r} has pixel_size_um={found:g}, but {expected_um:g} is "
            f"expected (tolerance {TOLERANCE:.0%}): cells would appear "
            f"{expected_um / found:.2f} times as large. Resample the image to "
            f"{expected_um:g} um per pixel first."
        )
