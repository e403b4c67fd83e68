"""What is looked at of features: directions, from where they vary most to least."""

import numpy as np
from numpy.typing import NDArray

# Every pixel's features pass a product with the main axes of all regions. A quarter of
# the features of the default network tells as much as all of them, at half the time.
N_MAIN, MOST_SEEN = 16, 64


def main_axes(
    features: NDArray[np.floating],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return orthonormal axes (d, m) along which features (n, d) vary most, and less.

    The first are all features, and there are no others, where those are few.
    """
    n_features = features.shape[1]
    if n_features <= N_MAIN:
        return np.eye(n_features), np.zeros((n_features, 0))
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    return directions[:N_MAIN].T, directions[N_MAIN:MOST_SEEN].T
