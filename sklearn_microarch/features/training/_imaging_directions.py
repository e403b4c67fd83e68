"""Directions in which the means of classes move, and the projection that forgets them.

Pure functions of arrays: rows (n, n_units) with classes (n,).
"""

import numpy as np
from numpy.typing import NDArray

# Of the mean variance: keeps covariances invertible.
RIDGE = 1e-3
# Shifts below it, in deviations within classes, are rounding.
SMALLEST_SHIFT = 1e-6


def ridged_covariance(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the covariance (n_units, n_units) of centred rows, invertible."""
    found: NDArray[np.float64] = centred.T @ centred / len(centred)
    n_units = len(found)
    # Units that are all constant have no variance at all.
    level = max(np.trace(found) / n_units, np.finfo(np.float32).tiny)
    return found + RIDGE * level * np.eye(n_units)


def within_classes(
    units: NDArray[np.float64], codes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return rows less the mean of their class."""
    kinds = np.unique(codes, return_inverse=True)[1]
    return units - _means(units, codes)[kinds]


def main_shifts(
    moved: NDArray[np.float64],
    codes: NDArray[np.int64],
    covariance: NDArray[np.float64],
    n_most: int,
) -> NDArray[np.float64]:
    """Return directions (k, n_units) of most of the shift of class means.

    Rows have ``moved`` by so much. Shifts are measured in deviations, of the
    ``covariance``; there are no directions where nothing moves.
    """
    values, axes = np.linalg.eigh(covariance)
    whitened = _means(moved, codes) @ (axes / np.sqrt(values)) @ axes.T
    _, sizes, directions = np.linalg.svd(whitened, full_matrices=False)
    kept = directions[:n_most][sizes[:n_most] > SMALLEST_SHIFT]
    found: NDArray[np.float64] = kept @ (axes * np.sqrt(values)) @ axes.T
    return found


def forgetting(
    directions: NDArray[np.float64], covariance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the projection (n_units, n_units) that maps directions to zero.

    Of all such maps it changes rows of the covariance least, in mean square.
    """
    weighed = np.linalg.solve(covariance, directions.T)
    gram = directions @ weighed
    erased = directions.T @ np.linalg.pinv(gram) @ weighed.T
    found: NDArray[np.float64] = np.eye(len(covariance)) - erased
    return found


def _means(
    values: NDArray[np.float64], codes: NDArray[np.int64]
) -> NDArray[np.float64]:
    return np.stack([values[codes == code].mean(axis=0) for code in np.unique(codes)])
