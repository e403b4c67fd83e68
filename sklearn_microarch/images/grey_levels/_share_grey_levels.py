"""Let slices that were scanned together be normalized together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._collections import check_several
from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images.grey_levels._grey_levels import GreyLevels
from sklearn_microarch.images.grey_levels._measure_grey_levels import (
    measure_grey_levels,
)


def share_grey_levels(images: Sequence[SliceImage]) -> list[SliceImage]:
    """Return slices that are normalized alike, by what all of them show together.

    For slices that were stained and scanned together, such as those of one slide or
    animal: differences between them then are differences of the tissue.

    Parameters
    ----------
    images : sequence of SliceImage
        Of one dtype, and with the same channels.

    Returns
    -------
    images : list of SliceImage
        The same pixels, with common ``grey_levels``.

    Raises
    ------
    TypeError
        If an image is no `SliceImage`, or pixel depths (dtypes) are mixed.
    ValueError
        If there is no image, or channels are mixed.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage
    >>> from sklearn_microarch.images import share_grey_levels
    >>> rng = np.random.default_rng(0)
    >>> slide = [SliceImage(rng.normal(100, 20, size=(128, 256))) for _ in range(2)]
    >>> share_grey_levels(slide)[0].grey_levels
    GreyLevels(42 windows, 1 channel)
    """
    images = check_several("images", images)
    if not images:
        raise ValueError("images is empty: there is nothing to share.")
    for at, image in enumerate(images):
        if not isinstance(image, SliceImage):
            raise TypeError(
                f"images[{at}] is a {type(image).__name__}; it must be a SliceImage."
            )
    measured = [measure_grey_levels(image) for image in images]
    first = images[0]
    for at, image in enumerate(images[1:], start=1):
        both = f"{_called(first, 0)} and {_called(image, at)}"
        if image.dtype != first.dtype:
            raise TypeError(
                f"{both} have pixels of dtype "
                f"{first.dtype} and {image.dtype}; a group that is normalized together "
                "has one pixel depth. Convert them, or normalize each by itself."
            )
        if image.n_channels != first.n_channels:
            raise ValueError(
                f"{both} have other channels "
                f"({first.n_channels} and {image.n_channels}; None means a plain 2-D "
                "image)."
            )
    together = GreyLevels(
        np.concatenate([one.measures for one in measured]),
        np.concatenate([one.places for one in measured]),
        _mean_of_known(np.stack([one.sharpness for one in measured])),
        float(np.mean([one.overlap for one in measured])),
    )
    return [image.replace(grey_levels=together) for image in images]


def _mean_of_known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the means (k,) of (n, k), slices without a window being left out."""
    known = np.isfinite(values)
    counts = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)


def _called(image: SliceImage, at: int) -> str:
    """Return what messages call a slice: its place, and its name if it has one."""
    return f"images[{at}] ({image.name!r})" if image.name else f"images[{at}]"
