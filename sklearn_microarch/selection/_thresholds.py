"""The loading above which a factor marks its region best."""

import numpy as np
from numpy.typing import NDArray


def best_threshold(
    loadings: NDArray[np.floating], inside: NDArray[np.bool_], minimum: float
) -> float:
    """Return the threshold of the largest intersection over union.

    Parameters
    ----------
    loadings : ndarray of shape (n_samples,)
        Of one factor.
    inside : ndarray of shape (n_samples,), dtype bool
        True where a sample lies in the factor's region.
    minimum : float
        The threshold is at least this.

    Returns
    -------
    threshold : float
        Samples with a larger loading are those of the best mark; the lowest
        where several do equally well.
    """
    order = np.argsort(-loadings, kind="stable")
    ranked, hits = loadings[order], np.cumsum(inside[order])
    n_active = np.arange(1, len(ranked) + 1)
    overlap = hits / (n_active + inside.sum() - hits)
    # A cut is possible only below a value that differs from the next one.
    following = np.append(ranked[1:], -np.inf)
    possible = (ranked > following) & (ranked > minimum)
    if not possible.any():
        return float(minimum)
    overlap = np.where(possible, overlap, -1.0)
    last = len(overlap) - 1 - int(np.argmax(overlap[::-1]))
    return float(max(minimum, following[last]))
