"""How large a patch is, in pixels and in micrometres, and which sizes agree."""

from collections.abc import Sequence
from typing import Protocol

from sklearn_microarch._arguments._numbers import LARGEST_COUNT
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import PixelSizeMismatchError, PixelSizeWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._resample import (
    TOLERANCE,
    bring_to_pixel_size,
    same_pixel_size,
)

# The size of a patch that nobody asked for.
USUAL_UM = 150.0
USUAL_PX = 128


class _HasPatchSize(Protocol):
    patch_size: int | None
    patch_size_um: float | None


def check_one_patch_size(sampler: _HasPatchSize) -> None:
    """Raise where a patch's size is given in pixels and in micrometres."""
    if sampler.patch_size is not None and sampler.patch_size_um is not None:
        raise ValueError(
            f"patch_size={sampler.patch_size} pixels and patch_size_um="
            f"{sampler.patch_size_um:g} are both given; give one of them."
        )


def patch_size_in_pixels(sampler: _HasPatchSize, pixel_size_um: float | None) -> int:
    """Return the edge length of a patch in pixels.

    150 um where the sampler has none; 128 pixels where the pixel size is unknown too,
    with a `PixelSizeWarning`.
    """
    if sampler.patch_size is not None:
        return int(sampler.patch_size)
    wanted = sampler.patch_size_um
    if wanted is None and pixel_size_um is None:
        warn_user(
            f"neither patch_size nor a pixel size is given: patches are {USUAL_PX} "
            "pixels, however much tissue that is. Set patch_size, or give the pixel "
            "size: read_image(path, pixel_size_um=...), or "
            "SliceImage(data, pixel_size_um=...).",
            PixelSizeWarning,
        )
        return USUAL_PX
    if pixel_size_um is None:
        raise ValueError(
            f"patch_size_um={wanted} needs a known pixel size; set "
            "pixel_size_um, or give that of the image: read_image(path, "
            "pixel_size_um=...) or SliceImage(data, pixel_size_um=...)."
        )
    wanted = USUAL_UM if wanted is None else wanted
    size = wanted / pixel_size_um
    if not size < LARGEST_COUNT:
        raise ValueError(
            f"patch_size_um={wanted:g} is {size:g} pixels of {pixel_size_um:g} um, "
            "more than any image has."
        )
    return max(1, round(size))


def bring_to_one_pixel_size(
    images: Sequence[SliceImage], pixel_size_um: float | None
) -> tuple[tuple[SliceImage, ...], float | None]:
    """Return slices at one pixel size, and which: the one given, or the coarsest.

    Where some sizes are known and others not, with a `PixelSizeWarning`.
    """
    known = [image.pixel_size_um for image in images if image.pixel_size_um is not None]
    target = pixel_size_um
    if target is None and known:
        # That of the first, where all agree.
        same = all(same_pixel_size(size, known[0]) for size in known)
        target = known[0] if same else max(known)
    unknown = [image.name for image in images if image.pixel_size_um is None]
    if unknown and known:
        warn_user(
            f"the pixel size of {len(unknown)} of {len(images)} images is unknown "
            f"({', '.join(map(repr, unknown))}); they are taken as they are. Give it: "
            "image.replace(pixel_size_um=...).",
            PixelSizeWarning,
        )
    return tuple(bring_to_pixel_size(image, target) for image in images), target


def warn_of_unknown_size(image: SliceImage, fitted_um: float | None) -> None:
    """Warn where the pixel size of either a new slice or the model is unknown."""
    own = image.pixel_size_um
    if (own is None) == (fitted_um is None):
        return
    title = f"image {image.name!r}" if image.name else "the image"
    if own is None:
        message = (
            f"the pixel size of {title} is unknown; it is taken as it is by a model of "
            f"{fitted_um:g} um per pixel. Give it: read_image(path, pixel_size_um=...) "
            "or SliceImage(data, pixel_size_um=...)."
        )
    else:
        message = (
            f"{title} has pixel_size_um={own:g}, but that of the slices in fit is "
            "unknown, so that nothing tells whether they agree."
        )
    warn_user(message, PixelSizeWarning)


def common_pixel_size(images: Sequence[SliceImage]) -> float | None:
    """Return the pixel size the images share; None when none is known."""
    known = [image for image in images if image.pixel_size_um is not None]
    for image in known[1:]:
        check_same_pixel_size(image, known[0].pixel_size_um)
    return known[0].pixel_size_um if known else None


def check_same_pixel_size(image: SliceImage, expected_um: float | None) -> None:
    """Raise when an image's known pixel size is not the expected one, to 1 %."""
    found = image.pixel_size_um
    if found is None or expected_um is None or same_pixel_size(found, expected_um):
        return
    raise PixelSizeMismatchError(
        f"image {image.name!r} has pixel_size_um={found:g}, but {expected_um:g} is "
        f"expected (tolerance {TOLERANCE:.0%}): cells would appear "
        f"{expected_um / found:.2f} times as large. Cut patches of the whole slice, "
        f"which is then brought to {expected_um:g} um per pixel; to train, with "
        f"PatchSampler(pixel_size_um={expected_um:g})."
    )
