"""Large vessels: how much of each patch lies in wide blobs of extreme grey level."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.sampling._purity import box_count

# A cell is up to 15 um across; of a vessel of 20 um, whose outline is blurred, so much
# is extreme. What is much wider is a tract, a ventricle or lies beside the tissue.
_NARROWEST_UM, _WIDEST_UM = 16.0, 75.0
# As wide as the default patch is taken to be where no pixel size is known.
_PATCH_UM = 150.0
# Deviations from the median of the tissue, both robust. In an X-ray slice tracts of
# axons, the brightest tissue, lie within three, and empty vessels beyond.
_EXTREME = 3.0
# Pixels across the narrowest vessel; finer ones show no more of its outline.
_PIXELS_ACROSS = 5


def vessels_around(
    pixels: NDArray,
    centres: NDArray[np.integer],
    patch_size: int,
    pixel_size_um: float | None,
) -> NDArray[np.float64]:
    """Return the shares (n, 2) of patches in dark, and in bright, vessels.

    ``pixels`` is (height, width), ``centres`` (n, 2) are rows and columns of tissue.
    """
    size_um = pixel_size_um or _PATCH_UM / patch_size
    factor = int(_NARROWEST_UM / size_um / _PIXELS_ACROSS)
    factor = max(1, min(factor, patch_size))
    grey = _coarse(pixels, factor)
    at = tuple(np.minimum(centres // factor, np.array(grey.shape) - 1).T)
    tissue = grey[at][np.isfinite(grey[at])]
    if not len(tissue):
        return np.zeros((len(centres), 2))
    middle = np.median(tissue)
    spread = 1.4826 * np.median(np.abs(tissue - middle))
    if not spread > 0:
        # Nothing is extreme where most of the tissue has one grey level.
        return np.zeros((len(centres), 2))
    edge, before = round(patch_size / factor), round(patch_size // 2 / factor)
    shares = []
    for away in (middle - grey, grey - middle):
        marked = vessel_blobs(away > _EXTREME * spread, factor * size_um)
        shares.append(box_count(marked, before, edge)[at] / edge**2)
    return np.column_stack(shares)


def vessel_blobs(extreme: NDArray[np.bool_], pixel_size_um: float) -> NDArray[np.bool_]:
    """Return the pixels (height, width) of extreme grey that lie in a vessel.

    A blob counts whole by the largest disc in it. What reaches the picture's border is
    left out: it is mostly what lies beside the tissue.
    """
    labels, n_blobs = ndimage.label(extreme)
    if not n_blobs:
        return extreme
    depth = ndimage.distance_transform_edt(extreme)
    deepest = ndimage.maximum(depth, labels, np.arange(n_blobs + 1))
    # The middle of a disc ``w`` pixels wide lies ``(w + 1) / 2`` from what is outside.
    width_um = (2 * deepest - 1) * pixel_size_um
    kept = (width_um >= _NARROWEST_UM) & (width_um <= _WIDEST_UM)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        kept[side] = False
    kept[0] = False
    found: NDArray[np.bool_] = kept[labels]
    return found


def _coarse(pixels: NDArray, factor: int) -> NDArray[np.float64]:
    """Return means of squares of ``factor`` pixels; what is left over is dropped."""
    height, width = (length // factor for length in pixels.shape)
    kept = pixels[: height * factor, : width * factor]
    squares = kept.reshape(height, factor, width, factor)
    return squares.mean(axis=(1, 3), dtype=np.float64)
