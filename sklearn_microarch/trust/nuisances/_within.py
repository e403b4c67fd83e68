"""What is in a map inside the regions: beside their means, and beside the logits."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.features.report._explained_variance import ROWS_PER_LOGIT


def without_region_means(
    values: NDArray[np.float64], codes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return maps (n, k) less the mean of each one's region; codes are 0 or more."""
    counts = np.bincount(codes)
    sums = np.empty((len(counts), values.shape[1]))
    for at, one in enumerate(values.T):
        sums[:, at] = np.bincount(codes, one)
    return values - (sums / np.maximum(counts, 1)[:, None])[codes]


def least_cells(logits: NDArray[np.float64]) -> int:
    """Return how many cells a region must have for logits (n, p) to be taken out."""
    return ROWS_PER_LOGIT * logits.shape[1]


def left_beyond_logits(
    values: NDArray[np.float64], logits: NDArray[np.float64], codes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the share (k,) of the variance inside regions that logits leave.

    Logits (n, p) are regressed on anew inside each region. NaN where no region is
    large enough, or the maps do not vary in any.
    """
    left, total = np.zeros(values.shape[1]), np.zeros(values.shape[1])
    for code in np.unique(codes):
        here = codes == code
        if here.sum() < least_cells(logits):
            continue
        known = logits[here] - logits[here].mean(axis=0)
        own = values[here] - values[here].mean(axis=0)
        rest = own - known @ np.linalg.lstsq(known, own, rcond=None)[0]
        left, total = left + (rest**2).sum(axis=0), total + (own**2).sum(axis=0)
    return np.divide(left, total, out=np.full(len(total), np.nan), where=total > 0)
