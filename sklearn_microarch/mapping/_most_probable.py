"""From the probabilities of all regions to the most probable one."""

import numpy as np
from numpy.typing import NDArray

# Rows of cells looked at together, so that no copy of all probabilities is made.
_ROWS_AT_A_TIME = 64


def most_probable(probabilities: NDArray) -> NDArray[np.int64]:
    """Return the region of each cell (rows, columns), -1 where a channel is NaN.

    ``probabilities`` is (rows, columns, r). Of equal ones the first counts.
    """
    regions = np.full(probabilities.shape[:2], -1, dtype=np.int64)
    for start in range(0, len(regions), _ROWS_AT_A_TIME):
        part = slice(start, start + _ROWS_AT_A_TIME)
        known = ~np.isnan(probabilities[part]).any(axis=2)
        regions[part][known] = probabilities[part][known].argmax(axis=1)
    return regions
