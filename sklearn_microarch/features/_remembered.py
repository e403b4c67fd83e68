"""Features kept on disk, so that the same rows pass the same network once."""

from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_memory

from sklearn_microarch._device import resolve_device
from sklearn_microarch._version import __version__
from sklearn_microarch.sampling import Patches

# Features of one call that are kept at most: those of a search's rows, not those of
# every pixel of a slice.
MAX_BYTES = 64 * 2**20
# So few rows pass a network sooner than their slice is hashed. A mapping asks for the
# first row of a slice that need not fit in memory.
MIN_ROWS = 64


def is_remembered(
    memory: Any,  # noqa: ANN401 - str or joblib.Memory
    n_rows: int,
    n_features: int,
) -> bool:
    """Return whether the features of one call are to be kept.

    Parameters
    ----------
    memory : str, joblib.Memory or None
    n_rows, n_features : int
    """
    n_bytes = n_rows * n_features * np.dtype(np.float32).itemsize
    return memory is not None and n_rows >= MIN_ROWS and n_bytes <= MAX_BYTES


def remembered_features(
    memory: Any,  # noqa: ANN401 - str or joblib.Memory
    extractor: Any,  # noqa: ANN401 - a fitted CNNFeatureExtractor
    rows: Patches | NDArray,
) -> NDArray[np.float32]:
    """Return the features of rows, read where they were evaluated before.

    Parameters
    ----------
    memory : str or joblib.Memory
    extractor : CNNFeatureExtractor
        Fitted. What its features depend on is the key, and not the extractor: a
        pipeline gives its steps further attributes while it fits them.
    rows : Patches or ndarray
        Checked; hashed whole, with the slices they refer to.

    Returns
    -------
    features : ndarray of shape (n, n_features), dtype float32
    """
    network = joblib.hash(
        (
            extractor._spec,
            # Memory-mapped arrays have another hash than arrays in memory.
            {name: np.asarray(weight) for name, weight in extractor.weights_.items()},
            extractor.dense,
            extractor.precision,
            resolve_device(extractor.device),
            __version__,
        )
    )
    given = rows if isinstance(rows, Patches) else np.asarray(rows)
    evaluate = check_memory(memory).cache(_features, ignore=["extractor"])
    features: NDArray[np.float32] = evaluate(network, given, extractor)
    return features


def _features(
    network: str,
    rows: Patches | NDArray,
    extractor: Any,  # noqa: ANN401 - as above
) -> NDArray[np.float32]:
    del network
    return extractor._evaluate(rows, extractor._n_features_out, lambda found: found)
