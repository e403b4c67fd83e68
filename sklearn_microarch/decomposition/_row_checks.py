"""Checks of rows in batches, so that no mask of the size of all of them is made."""

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import assert_all_finite
from sklearn.utils.validation import check_non_negative

from sklearn_microarch._row_batches import map_batches, row_batches


def check_rows(X: NDArray[np.floating], *, whom: str) -> float:
    """Return the largest entry of rows, which must be finite and non-negative."""
    batches = row_batches(len(X))
    return max(map_batches(lambda rows: check_batch(X[rows], whom=whom), batches))


def check_batch(X: NDArray[np.floating], *, whom: str) -> float:
    """Check one batch of rows, at least one, as `check_rows` does."""
    smallest, largest = X.min(), X.max()
    # Not the other way round: a comparison with NaN is never true.
    if not (smallest >= 0 and largest < np.inf):
        assert_all_finite(X, input_name="X")
        check_non_negative(X, whom=whom)
    return float(largest)
