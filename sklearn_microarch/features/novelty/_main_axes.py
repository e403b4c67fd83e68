"""What is looked at of features: directions, from where they vary most to least."""

import numpy as np
from numpy.typing import NDArray

# Every pixel's features pass a product with the axes of all regions. With half of 64
# features it takes a third of the time; of many regions, fewer are looked at.
MOST_AXES, FEWEST_AXES = 32, 16
MOST_COLUMNS = 192
# Main directions and others: all features of the default network.
MOST_SEEN = 64


def main_axes(
    features: NDArray[np.floating], n_regions: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return orthonormal axes (d, m) along which features (n, d) vary most, and less.

    The first are all features, and there are no others, where those are few.
    """
    n_features = features.shape[1]
    n_axes = min(MOST_AXES, max(FEWEST_AXES, MOST_COLUMNS // n_regions))
    if n_features <= n_axes:
        return np.eye(n_features), np.zeros((n_features, 0))
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    return directions[:n_axes].T, directions[n_axes:MOST_SEEN].T
