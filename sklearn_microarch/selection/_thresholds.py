"""The loading above which a factor marks its region best."""

import numpy as np
from numpy.typing import NDArray


def best_threshold(
    loadings: NDArray[np.floating], inside: NDArray[np.bool_], minimum: float
) -> float:
    """Return the threshold of the largest intersection over union.

    Parameters
    ----------
    loadings : ndarray of shape (n_samples,), dtype float32 or float64
        Of one factor.
    inside : ndarray of shape (n_samples,), dtype bool
        True where a sample lies in the factor's region.
    minimum : float
        The threshold is at least this, as a number of the loadings' dtype.

    Returns
    -------
    threshold : float
        Samples with a larger loading are those of the best mark; the lowest
        where several do equally well.
    """
    # Samples are let in from the largest loading down, all of one value together.
    # Sorting values alone is several times faster than ordering samples by them.
    lowest = loadings.dtype.type(minimum)
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
