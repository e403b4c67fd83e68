"""How many spatial folds of a cross-validation regions allow."""

import warnings

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.exceptions import FewerFoldsWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.model_selection import SpatialBlockKFold
from sklearn_microarch.sampling import Patches

MOST_FOLDS = 5


def count_folds(
    image: SliceImage,
    positions: NDArray[np.int32],
    labels: NDArray[np.int64],
    patch_size: int,
    border: str,
) -> int:
    """Return how many folds `SpatialBlockKFold` can make, up to 5; 0 for none."""
    if len(positions) < 2:
        return 0
    patches = Patches(image, positions, patch_size, border=border)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewerFoldsWarning)
        try:
            return SpatialBlockKFold(MOST_FOLDS).get_n_splits(patches, labels)
        except ValueError:
            return 0
