"""Where factors are active, as one bit for each factor and sample."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import assert_all_finite, gen_batches
from sklearn.utils.validation import check_non_negative

# Samples read together: their 15 loadings stay in a core's cache.
_SAMPLES_PER_BATCH = 8192


@dataclass(frozen=True, eq=False)
class Activity:
    """One bit for each factor and sample, thirty-two times smaller than loadings."""

    # (n_bytes, n_samples): bit f % 8 of packed[f // 8] is set where factor f is
    # active; bits beyond the last factor are not set.
    packed: NDArray[np.uint8]
    n_factors: int

    def only_at(self, samples: NDArray[np.bool_]) -> "Activity":
        """Return the same activity, but none at the other samples."""
        return Activity(self.packed * samples, self.n_factors)


def pack_activity(
    loadings: NDArray, threshold: float, *, name: str, whom: str
) -> Activity:
    """Check loadings (n_samples, n_factors) and compare them with the threshold.

    In one pass that only reads them, in any real dtype and layout. Errors call them
    `name`, and the caller `whom`.
    """
    n_samples, n_factors = loadings.shape
    packed = np.empty((-(-n_factors // 8), n_samples), dtype=np.uint8)
    active = np.zeros((_SAMPLES_PER_BATCH, 8 * len(packed)), dtype=bool)
    for rows in gen_batches(n_samples, _SAMPLES_PER_BATCH):
        batch = in_floats(loadings[rows])
        # False for NaN too. The slow checks only word the error.
        if not (batch.min() >= 0 and batch.max() < np.inf):
            assert_all_finite(batch, input_name=name)
            check_non_negative(batch, whom=whom)
        limit = as_loading(threshold, batch.dtype)
        np.greater(batch, limit, out=active[: len(batch), :n_factors])
        octets = np.packbits(active[: len(batch)].reshape(-1), bitorder="little")
        packed[:, rows] = octets.reshape(len(batch), len(packed)).T
    return Activity(packed, n_factors)


def as_loading(threshold: float, dtype: np.dtype) -> np.floating:
    """Return a threshold in the dtype of the loadings, in which it may be too large."""
    return dtype.type(min(threshold, float(np.finfo(dtype).max)))


def in_floats(values: NDArray) -> NDArray[np.floating]:
    """Return values in float64, or as they are if in float32."""
    if values.dtype == np.float32:
        return values
    return values.astype(np.float64, copy=False)
