"""Refuse pixels that are NaN or infinite, and say where they are."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.exceptions import NonFiniteImageError
from sklearn_microarch.images._lazy_array import is_lazy, read_blocks, refuse_masked
from sklearn_microarch.images._slice_image import SliceImage


def check_finite_image(image: SliceImage, *, name: str = "image") -> None:
    """Raise NonFiniteImageError for NaN or infinite pixels, read block by block."""
    title = f"{name} {image.name!r}" if image.name else name
    check_finite_pixels(image.data, title=title)


def check_finite_pixels(pixels: NDArray, *, title: str) -> None:
    """Raise NonFiniteImageError for NaN or infinite values, TypeError for masked ones.

    ``title`` names the array in the message; integers pass at once.
    """
    refuse_masked(pixels, name=title)
    if pixels.dtype.kind != "f":
        return
    if not is_lazy(pixels):
        n_bad, first = _count_bad(pixels)
    else:
        n_bad, first = 0, None
        for (rows, cols), block in read_blocks(pixels):
            n_here, at = _count_bad(block)
            if at is not None:
                at = (*at[:-2], at[-2] + rows.start, at[-1] + cols.start)
                n_bad, first = n_bad + n_here, at if first is None else min(first, at)
    if first is None:
        return
    raise NonFiniteImageError(
        f"{title} of shape {pixels.shape} holds {n_bad} NaN or infinite "
        f"pixels, the first at {first}; replace them first, for example with "
        "np.nan_to_num, or mask that area."
    )


def _count_bad(pixels: NDArray) -> tuple[int, tuple[int, ...] | None]:
    """Return how many pixels are not finite, and where the first is."""
    # A sum is finite whenever all its terms are, and costs no temporary array.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(pixels.sum(dtype=np.float64)):
            return 0, None
    bad = ~np.isfinite(pixels)
    if not bad.any():
        return 0, None
    first = np.unravel_index(bad.argmax(), bad.shape)
    return int(np.count_nonzero(bad)), tuple(int(i) for i in first)
