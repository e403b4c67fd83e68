"""What slices must be to cut patches of them, at the sampler's doors."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._finite_pixels import check_finite_image
from sklearn_microarch.images._lazy_array import is_lazy, read_blocks
from sklearn_microarch.sampling._check_patches import Images, check_image


def check_slices(
    images: Images, *, pixel_size_um: float | None, arrays_only: bool = False
) -> tuple[SliceImage, ...]:
    """Return finite slices; those without a pixel size take the one given.

    ``arrays_only``: only plain arrays do, of which it is known whose size is meant.
    """
    given = images if isinstance(images, list | tuple) else [images]
    if not given:
        raise ValueError("images is empty; pass at least one slice.")
    return tuple(
        _check_slice(
            image,  # type: ignore[arg-type]
            None if arrays_only and isinstance(image, SliceImage) else pixel_size_um,
        )
        for image in given
    )


def _check_slice(
    image: SliceImage | ArrayLike, pixel_size_um: float | None
) -> SliceImage:
    checked = check_image(image)
    if not isinstance(image, SliceImage) and checked.n_channels is not None:
        raise ValueError(
            f"images holds an array of shape {checked.data.shape}; a plain array is "
            "one 2-D slice. Pass a stack of slices as a list of 2-D arrays, and "
            "channels as SliceImage(data) with channels first."
        )
    check_finite_image(checked)
    if checked.pixel_size_um is None and pixel_size_um is not None:
        checked = checked.replace(pixel_size_um=pixel_size_um)
    return checked


def check_large_enough(image: SliceImage, size: int, border: str) -> None:
    """Raise when no patch of `size` pixels lies within an image, where it must."""
    if border == "drop" and min(image.shape) < size:
        raise ValueError(
            f"{called(image)} of shape {image.shape} is smaller than a patch of "
            f"{size} pixels; set a smaller patch_size or patch_size_um, or "
            "border='reflect'."
        )


def check_fitted_dtype(
    image: SliceImage, dtype: np.dtype | None, tissue: object
) -> None:
    """Raise when grey levels are of another type than in ``fit``, and that matters.

    It does where ``tissue`` is found by a grey level of the fit. Networks check for
    themselves.
    """
    found_by_level = isinstance(tissue, str) and tissue == "otsu"
    if found_by_level and dtype is not None and image.dtype != dtype:
        raise TypeError(
            f"{called(image)} has dtype {image.dtype}, but the sampler was fitted "
            f"with images of dtype {dtype}, whose grey levels may have another range, "
            "so that tissue='otsu' does not hold; set tissue='auto', or convert the "
            "image to that dtype and range."
        )


def check_channels(image: SliceImage, patch_shape: tuple[int, ...]) -> None:
    """Raise when an image has other channels than the patches seen in ``fit``."""
    known = patch_shape[0] if len(patch_shape) == 3 else None
    if image.n_channels == known:
        return
    found, wanted = image.n_channels or 1, known or 1
    axis = " as an axis of its own" if found == wanted == 1 and known is None else ""
    remedy = (
        "choose one with channels=... where it is read (read_image), or convert it, "
        "for example image.replace(data=image.data[0])"
        if known is None
        else f"give it {wanted} channels, image.replace(data=...) of shape "
        f"({wanted}, height, width), the ones of the fit in their order"
    )
    raise ValueError(
        f"{called(image)} has {_channels(found)}{axis}, the model knows {wanted}: "
        f"{remedy}."
    )


def _channels(number: int) -> str:
    return "1 channel" if number == 1 else f"{number} channels"


def called(image: SliceImage) -> str:
    """Return what messages call a slice."""
    return f"image {image.name!r}" if image.name else "the image"


def called_together(images: Sequence[SliceImage]) -> str:
    """Return what messages call slices, the first three by name."""
    names = [called(image) for image in images[:3]]
    if len(images) > len(names):
        names.append(f"{len(images) - len(names)} more")
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def check_not_a_map(y: NDArray) -> None:
    """Raise when labels of rows have the shape of a map of regions."""
    if y.ndim == 2 and y.shape[1] > 1:
        raise TypeError(
            f"y has shape {y.shape}, as a map of regions has; it must hold one label "
            "for each row. Cut an image and its ROI map first: patches, labels = "
            "sampler.sample(images, rois)."
        )


def grey_range(images: Sequence[SliceImage]) -> str:
    """Return the smallest and largest grey level in words, for a message."""
    extremes = [
        (part.min(), part.max()) for image in images for part in _parts_of(image)
    ]
    low, high = min(least for least, _ in extremes), max(most for _, most in extremes)
    return f"{low:.4g} to {high:.4g}"


def _parts_of(image: SliceImage) -> Iterator[NDArray]:
    if is_lazy(image.data):
        yield from (values for _, values in read_blocks(image.data))
    else:
        yield image.data
