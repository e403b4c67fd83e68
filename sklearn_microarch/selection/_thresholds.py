"""The loading above which a factor marks its region best."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.selection._activity import as_loading


def best_threshold(
    loadings: NDArray[np.floating], inside: NDArray[np.bool_], minimum: float
) -> float:
    """Return the threshold, at least the minimum, of the largest overlap over union.

    Of the loadings of one factor (n_samples,), float32 or float64, with the samples
    inside its region. The lowest threshold where several do equally well.
    """
    # Samples are let in from the largest loading down, all of one value together.
    # Sorting values alone is several times faster than ordering samples by them.
    lowest = as_loading(minimum, loadings.dtype)
    candidates = loadings > lowest
    values = np.sort(loadings[candidates])
    if not len(values):
        return float(lowest)
    inside_values = np.sort(loadings[candidates & inside])
    first = np.append(True, values[1:] != values[:-1])
    n_active = len(values) - np.flatnonzero(first)
    values = values[first]
    hits = len(inside_values) - np.searchsorted(inside_values, values)
    overlap = hits / (n_active + np.count_nonzero(inside) - hits)
    best = int(np.argmax(overlap))
    # A loading counts as active above the threshold, not at it.
    return float(values[best - 1]) if best else float(lowest)
