"""From the probabilities of all regions to one region, and how sure it is."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def check_probabilities(probabilities: ArrayLike) -> NDArray:
    """Return probabilities as an array of shape (rows, columns, n_regions).

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    ValueError
        If it is not 3-D or has an empty axis.
    """
    shares = np.asarray(probabilities)
    if shares.dtype.kind not in "buif":
        raise TypeError(
            f"probabilities has dtype {shares.dtype}; it holds real numbers, not the "
            "names of predicted regions."
        )
    if shares.ndim != 3 or 0 in shares.shape:
        raise ValueError(
            f"probabilities has shape {shares.shape}; it is 3-D (rows, columns, "
            "n_regions) and not empty. A map of integers: ClusterMapDisplay."
        )
    return shares


def most_probable(
    probabilities: NDArray,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the most probable region of each cell, and its probability.

    Parameters
    ----------
    probabilities : ndarray of shape (rows, columns, n_regions)
        NaN where no cell is.

    Returns
    -------
    regions : ndarray of shape (rows, columns), dtype intp
        -1 where no cell is. A tie goes to the first region.
    confidence : ndarray of shape (rows, columns), dtype float64
        NaN where no cell is.

    Raises
    ------
    ValueError
        If a probability is not in [0, 1].
    """
    mapped = ~np.isnan(probabilities).any(axis=2)
    known = np.where(mapped[..., np.newaxis], probabilities, 0.0)
    # Room for float32 rounding in a softmax.
    if known.min() < -1e-4 or known.max() > 1 + 1e-4:
        raise ValueError(
            f"probabilities runs from {known.min():g} to {known.max():g}; "
            "probabilities lie in [0, 1]."
        )
    regions = np.where(mapped, known.argmax(axis=2), -1)
    return regions, np.where(mapped, known.max(axis=2), np.nan)


def certainty(confidence: NDArray[np.float64], n_regions: int) -> NDArray[np.float64]:
    """Return how far each prediction is from a guess.

    Parameters
    ----------
    confidence : ndarray of shape (rows, columns)
        Probability of the predicted region, NaN where none.
    n_regions : int
        Number of regions; a guess has one n-th.

    Returns
    -------
    certainty : ndarray of shape (rows, columns), in [0.1, 1]
        A tenth at a guess, and less would not show.

    Examples
    --------
    >>> certainty(np.array([[0.5, 0.75, 1.0]]), 2).tolist()
    [[0.1, 0.5, 1.0]]
    """
    guess = 1.0 / max(2, n_regions)
    return np.clip((np.nan_to_num(confidence) - guess) / (1.0 - guess), 0.1, 1.0)
