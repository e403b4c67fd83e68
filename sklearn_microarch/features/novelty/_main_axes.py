"""What is looked at of features: the directions in which they vary most."""

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.extmath import randomized_svd

# Every pixel's features pass a product with the axes of all regions. Half of 64
# features tell as much, at a third of the time; of many regions, fewer are looked at.
MOST_AXES, FEWEST_AXES = 32, 16
MOST_COLUMNS = 192


def main_axes(features: NDArray[np.floating], n_regions: int) -> NDArray[np.float64]:
    """Return axes (n_features, d) along which features (n, n_features) vary most.

    All features, where they are no more than are looked at.
    """
    n_axes = min(MOST_AXES, max(FEWEST_AXES, MOST_COLUMNS // n_regions))
    if features.shape[1] <= n_axes:
        return np.eye(features.shape[1])
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    _, _, directions = randomized_svd(centred, n_axes, random_state=0)
    return np.asarray(directions.T)
