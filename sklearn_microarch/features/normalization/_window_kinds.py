"""Which tissue a window of grey levels shows, from the labelled rows around it."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.features.normalization._exposure_model import ANY_KIND
from sklearn_microarch.images import GreyLevels
from sklearn_microarch.images.grey_levels._measure_grey_levels import frame_of
from sklearn_microarch.sampling import Patches


def window_kinds(
    patches: Patches,
    image: int,
    rows: NDArray[np.integer],
    codes: NDArray[np.int64],
    grey_levels: GreyLevels,
) -> NDArray[np.intp]:
    """Return the commonest class of rows (m,) in the middle of each window (n,).

    Of windows in which no row lies it is `ANY_KIND`.
    """
    n_kinds = int(codes.max()) + 1
    slice_image = patches.images[image]
    here = patches.positions[rows, 0] == image
    height, width = slice_image.shape
    n = len(grey_levels)
    if not n or grey_levels.frame != frame_of(slice_image):
        # Of other pictures than this one, it is not known what their windows show.
        return np.full(n, ANY_KIND, dtype=np.intp)
    edge = max(1, patches.patch_size // 4)
    n_rows, n_cols = -(-height // edge), -(-width // edge)
    at = patches.positions[rows[here], 1:] // edge
    cell = at[:, 0] * n_cols + at[:, 1]
    counts = np.zeros((n_rows * n_cols, n_kinds), dtype=np.int32)
    np.add.at(counts, (cell, codes[here]), 1)
    places = (grey_levels.places + 1) / 2 * [height, width] // edge
    middle = places.astype(np.intp).clip(0, [n_rows - 1, n_cols - 1])
    found = counts[middle[:, 0] * n_cols + middle[:, 1]]
    return np.where(found.any(axis=1), found.argmax(axis=1), ANY_KIND).astype(np.intp)
