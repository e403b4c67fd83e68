"""Where factors are active, as one bit for each factor and sample."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import assert_all_finite, gen_batches
from sklearn.utils.validation import check_non_negative

# Samples read together: a block of 15 loadings stays in a core's cache.
_SAMPLES_PER_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Activity:
    """One bit for each factor and sample, thirty-two times smaller than loadings.

    Parameters
    ----------
    packed : ndarray of shape (n_bytes, n_samples), dtype uint8
        Bit ``f % 8`` of ``packed[f // 8]`` is set where factor ``f`` is active;
        bits beyond the last factor are not set.
    n_factors : int
        Number of factors.
    """

    packed: NDArray[np.uint8]
    n_factors: int

    def only_at(self, samples: NDArray[np.bool_]) -> "Activity":
        """Return the same activity, but none at the other samples."""
        return Activity(self.packed * samples, self.n_factors)


def pack_activity(
    loadings: NDArray, threshold: float, *, name: str, whom: str
) -> Activity:
    """Check loadings and compare them with the threshold, in one pass.

    Parameters
    ----------
    loadings : ndarray of shape (n_samples, n_factors)
        Any real dtype and layout. Only read, in blocks.
    threshold : float
        Loading above which a factor is active.
    name, whom : str
        What error messages call the loadings, and the caller.

    Returns
    -------
    activity : Activity

    Raises
    ------
    ValueError
        If a loading is negative or not finite.
    """
    n_samples, n_factors = loadings.shape
    packed = np.empty((-(-n_factors // 8), n_samples), dtype=np.uint8)
    active = np.zeros((_SAMPLES_PER_BLOCK, 8 * len(packed)), dtype=bool)
    for rows in gen_batches(n_samples, _SAMPLES_PER_BLOCK):
        block = in_floats(loadings[rows])
        # False for NaN too. The slow checks only word the error.
        if not (block.min() >= 0 and block.max() < np.inf):
            assert_all_finite(block, input_name=name)
            check_non_negative(block, whom=whom)
        np.greater(block, threshold, out=active[: len(block), :n_factors])
        octets = np.packbits(active[: len(block)].reshape(-1), bitorder="little")
        packed[:, rows] = octets.reshape(len(block), len(packed)).T
    return Activity(packed, n_factors)


def in_floats(values: NDArray) -> NDArray[np.floating]:
    """Return values in float64, or as they are if in float32."""
    if values.dtype == np.float32:
        return values
    return values.astype(np.float64, copy=False)
