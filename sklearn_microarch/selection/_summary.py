"""What a selection of factors has in common, and how much it covers together."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray


def mean_overlap(active: NDArray[np.bool_]) -> float:
    r"""Return the mean Jaccard index of all pairs of factors.

    The Jaccard index :math:`|A \cap B| / |A \cup B|` is 0 for factors that are
    never active together and 1 for factors that always are. Mutual information
    would not do: it is as large for two factors that exclude each other as for
    two that agree.

    Parameters
    ----------
    active : ndarray of shape (n_samples, n_factors), dtype bool
        True where a factor is switched on.

    Returns
    -------
    overlap : float
        From 0 to 1; 0 for a single factor, and for a pair that is never active.
    """
    overlaps = [
        float((a & b).sum()) / max(1.0, float((a | b).sum()))
        for a, b in combinations(active.T, 2)
    ]
    return float(np.mean(overlaps)) if overlaps else 0.0


def share_covered(active: NDArray[np.bool_]) -> float:
    """Return the share of samples where at least one factor is active.

    Parameters
    ----------
    active : ndarray of shape (n_samples, n_factors), dtype bool
        True where a factor is switched on.

    Returns
    -------
    share : float
        From 0 to 1.
    """
    return float(active.any(axis=1).mean())
