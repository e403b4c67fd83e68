"""What images, positions and sizes must be to make patches of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._numbers import check_integer, check_option
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._slice_image import as_slice_image

BORDERS = ("drop", "constant", "reflect")
Images = SliceImage | ArrayLike | Sequence[SliceImage | ArrayLike]


def check_border(border: object) -> str:
    """Return the border rule; see `Patches`."""
    return check_option("border", border, BORDERS)


def check_images(images: Images) -> tuple[SliceImage, ...]:
    """Return one image or several as a tuple of slices of one type."""
    many = isinstance(images, list | tuple)
    checked = tuple(check_image(image) for image in (images if many else [images]))  # type: ignore[arg-type, union-attr]
    if not checked:
        raise ValueError("images is empty: Patches need at least one image.")
    for at, image in enumerate(checked):
        if image.dtype != checked[0].dtype:
            both = (checked[0], 0), (image, at)
            group = image.group if image.group == checked[0].group else None
            of_group = "" if group is None else f", both of group {group!r}"
            raise TypeError(
                "images differ in dtype: "
                f"{' and '.join(_with_dtype(*one) for one in both)}{of_group}. Their "
                "grey levels may have other ranges; convert them to one dtype and "
                "range first."
            )
        if image.n_channels != checked[0].n_channels:
            raise ValueError(
                f"images differ in channels ({checked[0].n_channels} and "
                f"{image.n_channels}; None means a plain 2-D image)."
            )
    return checked


def _with_dtype(image: SliceImage, at: int) -> str:
    title = repr(image.name) if image.name else f"number {at}"
    return f"image {title} has {image.dtype}"


def check_image(image: SliceImage | ArrayLike) -> SliceImage:
    """Return an image, which errors call one of ``images``."""
    try:
        return as_slice_image(image, name="images")
    except (TypeError, ValueError) as error:
        if "images" in str(error):
            raise
        kind = ValueError if isinstance(error, ValueError) else TypeError
        raise kind(f"images: {error}") from error


def check_patch_size(patch_size: object) -> int:
    """Return the edge length of a patch as an int, in pixels."""
    return check_integer("patch_size", patch_size, minimum=1, unit="pixels")


def check_positions(
    positions: ArrayLike, images: tuple[SliceImage, ...], size: int, border: str
) -> NDArray[np.int32]:
    """Return centres of shape (n, 3), all within their images; copied if writable."""
    found = as_array("positions", positions)
    if found.size == 0:
        found = np.empty((0, 3), dtype=np.int32)
    if found.ndim != 2 or found.shape[1] not in (2, 3):
        raise ValueError(
            f"positions has shape {found.shape}; it must be (n, 3): image index, row, "
            "column, or (n, 2) for one image."
        )
    if found.dtype.kind not in "iu":
        raise TypeError(f"positions has dtype {found.dtype}; it must hold integers.")
    if found.shape[1] == 2:
        if len(images) > 1:
            raise ValueError(
                f"positions has two columns, but there are {len(images)} images; add "
                "the image index as the first column."
            )
        found = np.column_stack([np.zeros(len(found), dtype=found.dtype), found])
    # Compared before the cast, so that a huge value cannot wrap around.
    if len(found) and not 0 <= found[:, 0].min() <= found[:, 0].max() < len(images):
        raise ValueError(
            f"positions names image {found[:, 0].max()}, but there are {len(images)}."
        )
    for index, image in enumerate(images):
        # Millions of centres are common: one slice's are not copied to be checked.
        whole = len(images) == 1
        centres = found[:, 1:] if whole else found[found[:, 0] == index, 1:]
        if len(centres):
            _check_centres(centres, image, size, border)
    if found.base is None and not found.flags.writeable and found.dtype == np.int32:
        # Nobody can change them: millions of centres are not copied.
        return np.ascontiguousarray(found)
    return np.array(found, dtype=np.int32, order="C")


def _check_centres(
    centres: NDArray[np.integer], image: SliceImage, size: int, border: str
) -> None:
    title = f"image {image.name!r}" if image.name else "the image"
    if border == "drop" and min(image.shape) < size:
        raise ValueError(
            f"{title} of shape {image.shape} is smaller than a patch "
            f"(patch_size={size}); use smaller patches, or border='reflect'."
        )
    limit = np.array(image.shape)
    low, high = centres.min(axis=0).astype(int), centres.max(axis=0).astype(int)
    margin = size // 2 if border == "drop" else 0
    beyond = size - margin if border == "drop" else 1
    if (low >= margin).all() and (high + beyond <= limit).all():
        return
    centres = centres.astype(np.int64)
    wrong = ((centres < 0) | (centres >= limit)).any(axis=1)
    if wrong.any():
        first = tuple(centres[wrong.argmax()].tolist())
        raise ValueError(
            f"positions has {int(wrong.sum())} centres outside {title} of shape "
            f"{image.shape}, the first at {first}."
        )
    top = centres - size // 2
    over = ((top < 0) | (top + size > limit)).any(axis=1)
    if border == "drop" and over.any():
        first = tuple(centres[over.argmax()].tolist())
        raise ValueError(
            f"{int(over.sum())} patches of {size} pixels reach over the border of "
            f"{title} of shape {image.shape}, the first at {first}; leave them out, or "
            "use border='constant' or 'reflect'."
        )
