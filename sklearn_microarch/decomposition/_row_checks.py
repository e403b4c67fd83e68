"""Checks of rows in blocks, so that no mask of the size of all of them is made."""

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import assert_all_finite
from sklearn.utils.validation import check_non_negative

from sklearn_microarch._row_batches import map_batches, row_batches


def check_rows(X: NDArray[np.floating], *, whom: str) -> float:
    """Check that all rows are finite and non-negative.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), floating
        Rows. May be a memory map: it is read once, block by block.
    whom : str
        Who was passed the rows, for the message.

    Returns
    -------
    largest : float
        The largest entry.

    Raises
    ------
    ValueError
        If an entry is negative, NaN or infinite.
    """
    blocks = row_batches(len(X))
    return max(map_batches(lambda rows: check_block(X[rows], whom=whom), blocks))


def check_block(X: NDArray[np.floating], *, whom: str) -> float:
    """Check one block of rows, as `check_rows` does.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), floating
        Rows, at least one.
    whom : str
        Who was passed the rows, for the message.

    Returns
    -------
    largest : float
        The largest entry.

    Raises
    ------
    ValueError
        If an entry is negative, NaN or infinite.
    """
    smallest, largest = X.min(), X.max()
    # Not the other way round: a comparison with NaN is never true.
    if not (smallest >= 0 and largest < np.inf):
        assert_all_finite(X, input_name="X")
        check_non_negative(X, whom=whom)
    return float(largest)
