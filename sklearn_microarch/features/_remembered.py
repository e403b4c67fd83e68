"""Features kept on disk, so that the same rows pass the same network once."""

from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_memory

from sklearn_microarch._version import __version__
from sklearn_microarch.sampling import Patches

# Features of one call that are kept at most: those of a search's rows, not those of
# every pixel of a slice.
MAX_BYTES = 64 * 2**20
# So few rows pass a network sooner than their slice is hashed. A mapping asks for the
# first row of a slice that need not fit in memory.
MIN_ROWS = 64

Evaluate = Callable[[Patches | NDArray], NDArray[np.float32]]


def is_remembered(
    memory: Any,  # noqa: ANN401 - str or joblib.Memory
    n_rows: int,
    n_features: int,
) -> bool:
    """Return whether the features of one call are to be kept."""
    n_bytes = n_rows * n_features * np.dtype(np.float32).itemsize
    return memory is not None and n_rows >= MIN_ROWS and n_bytes <= MAX_BYTES


def remembered_features(
    memory: Any,  # noqa: ANN401 - str or joblib.Memory
    network: tuple[Any, ...],
    rows: Patches | NDArray,
    evaluate: Evaluate,
) -> NDArray[np.float32]:
    """Return the features (n, n_features) of rows, read where they were evaluated.

    ``network`` is all that the features of a row depend on, arrays in memory. It and
    the rows are hashed whole, with the slices they refer to.
    """
    key = joblib.hash((*network, __version__))
    given = rows if isinstance(rows, Patches) else np.asarray(rows)
    recall = check_memory(memory).cache(_evaluated, ignore=["evaluate"])
    features: NDArray[np.float32] = recall(key, given, evaluate)
    return features


def _evaluated(
    network: str, rows: Patches | NDArray, evaluate: Evaluate
) -> NDArray[np.float32]:
    del network
    return evaluate(rows)
