"""Where a slice shows tissue: one grey-level threshold for the whole slice."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import TissueThresholdWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._lay_out import check_plane

SMOOTHING_UM = 7.0
SMOOTHING_PX = 6.0


def smoothed_grey(image: SliceImage) -> NDArray[np.float32]:
    """Return the slice (height, width) blurred by 7 um, averaged over channels.

    By 6 pixels where the pixel size is unknown: cells and vessels are darker than the
    tissue around them, and a threshold on single pixels would cut them out.
    """
    data = image.pixels
    grey = data.mean(axis=0, dtype=np.float32) if data.ndim == 3 else data
    known = image.pixel_size_um
    sigma = SMOOTHING_PX if known is None else SMOOTHING_UM / known
    return ndimage.gaussian_filter(grey.astype(np.float32), sigma, mode="nearest")


def otsu_threshold(values: NDArray[np.floating]) -> float:
    """Return the threshold that maximises the variance between two classes (Otsu 1979).

    The middle where several bins do equally well, as between two peaks; the value
    itself when all are equal.
    """
    low, high = float(values.min()), float(values.max())
    if low == high:
        return low
    counts, edges = np.histogram(values, bins=512, range=(low, high))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1].astype(float)
    above = counts.sum() - below
    total = np.cumsum(counts * centres)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = total[:-1] / below - (total[-1] - total[:-1]) / above
    between = np.nan_to_num(below * above * gap**2)
    best = np.flatnonzero(between >= between.max() * (1 - 1e-12))
    return float(edges[1:-1][best].mean())


def pooled_threshold(images: Sequence[SliceImage]) -> float:
    """Return one tissue threshold for several slices, from all their pixels."""
    return otsu_threshold(np.concatenate([smoothed_grey(im).ravel() for im in images]))


def tissue_mask(
    image: SliceImage,
    tissue: str | ArrayLike | Callable[[SliceImage], NDArray] | None,
    threshold: float | None,
) -> NDArray[np.bool_]:
    """Return where (height, width) a slice shows tissue; see `PatchSampler`.

    The threshold for "otsu", if none was learned, is taken from this image, with a
    `TissueThresholdWarning`.
    """
    if tissue is None:
        return np.ones(image.shape, dtype=bool)
    if callable(tissue):
        return check_mask(tissue(image), image, "the mask that tissue returns")
    if not isinstance(tissue, str):
        return check_mask(tissue, image, "tissue")
    grey = smoothed_grey(image)
    if tissue == "otsu-each":
        threshold = otsu_threshold(grey)
    elif threshold is None:
        threshold = otsu_threshold(grey)
        warn_user(
            "this sampler was fitted on plain arrays, so it knows no tissue threshold "
            f"and takes {threshold:.4g} from the image at hand; fit it on Patches, or "
            "set tissue='otsu-each' to accept this.",
            TissueThresholdWarning,
        )
    return ndimage.binary_fill_holes(grey > threshold)


def check_mask(mask: object, image: SliceImage, name: str) -> NDArray[np.bool_]:
    """Return a mask as booleans, of the image's shape (height, width)."""
    checked = check_plane(name, mask)
    if checked.shape != image.shape:
        raise ValueError(
            f"{name} has shape {checked.shape}, but image {image.name!r} has shape "
            f"{image.shape}; it must cover the same pixels."
        )
    if checked.dtype.kind not in "biu":
        raise TypeError(
            f"{name} has dtype {checked.dtype}; a mask holds booleans (or integers)."
        )
    return checked.astype(bool)
