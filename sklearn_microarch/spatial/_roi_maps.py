"""One ROI map for each image."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def roi_maps(rois: ArrayLike | Sequence[ArrayLike]) -> list[NDArray]:
    """Return ROI maps as a list, also where there is one image and one map.

    Parameters
    ----------
    rois : array-like of shape (height, width), or one per image
        Region codes, found to fit the images by `Patches.labels`.

    Returns
    -------
    maps : list of ndarray of shape (height, width)
    """
    if isinstance(rois, list | tuple) and np.ndim(rois[0]) == 2:
        return [np.asarray(codes) for codes in rois]
    return [np.asarray(rois)]
