"""Densities, posteriors and labels of rows under a mixture, block by block."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._row_batches import row_batches, row_workers
from sklearn_microarch.clustering._gaussians import Gaussians

# No posterior is smaller. Numbers that underflow slow each operation on them down
# tenfold, and most posteriors of most rows would.
_LEAST_LOG_POSTERIOR = -500.0

# Numbers in the largest buffer of a block: half a MiB of doubles, of which two or
# three stay in a core's cache.
_NUMBERS_PER_BLOCK = 2**16

# Every height is a multiple of this, so that no vector loop has a remainder.
_HEIGHT_QUANTUM = 64

# Handed to a thread at once: long against what a hand-over costs, and short enough
# that the last one is not waited for.
_BLOCKS_PER_TASK = 16

# A thread holds little more than a block, so that many cost no memory.
MAX_THREADS = 256


def block_height(mixture: Gaussians) -> int:
    """Return the number of rows in each block of :func:`whitened_blocks`.

    A matrix product may round a row differently in products of another height,
    so every block has this height, the last one too, where the rest is padding.

    Parameters
    ----------
    mixture : Gaussians
        The components.

    Returns
    -------
    height : int
        Depends on the shape of the means alone. An odd multiple of a power of
        two: lines that lie a power of two apart would evict each other from the
        cache.
    """
    numbers_per_row = mixture.means.size + len(mixture.means)
    n_quanta = max(1, _NUMBERS_PER_BLOCK // (_HEIGHT_QUANTUM * numbers_per_row))
    return _HEIGHT_QUANTUM * (n_quanta - 1 + n_quanta % 2)


def row_tasks(n_samples: int, mixture: Gaussians) -> list[slice]:
    """Return ranges of rows for :func:`whitened_blocks`, one for a thread at a time.

    Parameters
    ----------
    n_samples : int
        Number of rows.
    mixture : Gaussians
        The components.

    Returns
    -------
    tasks : list of slice
        Of several whole blocks each, only the last one in part.
    """
    # Computed before there are threads, which would each compute it.
    _ = mixture.whitening, mixture.log_peaks
    height = block_height(mixture)
    return row_batches(n_samples, rows_per_batch=_BLOCKS_PER_TASK * height)


def whitened_blocks(
    X: NDArray, rows: slice, mixture: Gaussians
) -> Iterator[tuple[slice, NDArray[np.float64], NDArray[np.float64]]]:
    r"""Whiten blocks of rows for every component, and find their log densities.

    With :math:`y_c = L_c^{-1} (x - \mu_c)` the logarithm of the weighted density
    is that at the mean less :math:`\lVert y_c \rVert^2 / 2`.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Finite; any real dtype and layout. Only read.
    rows : slice
        The rows of ``X`` to go through.
    mixture : Gaussians
        The components.

    Yields
    ------
    covered : slice
        Rows of ``X`` in the block, as many as come before its padding.
    whitened : ndarray of shape (n_components, n_features + 1, height)
        One column for each row; the last entry of each is 1. The next block
        overwrites it, as it does ``log_joint``.
    log_joint : ndarray of shape (n_components, height)
        Logarithm of weight times density. May be overwritten.
    """
    maps, log_peaks = mixture.whitening, mixture.log_peaks
    n_components, width, _ = maps.shape
    height = block_height(mixture)
    # Rows run along the last axis, as everywhere below.
    block = np.zeros((width, height))
    block[-1] = 1.0
    whitened = np.empty((n_components * width, height))
    by_component = whitened.reshape(n_components, width, height)
    log_joint = np.empty((n_components, height))
    for start in range(rows.start, rows.stop, height):
        covered = slice(start, min(start + height, rows.stop))
        block[:-1, : covered.stop - start] = X[covered].T
        np.matmul(maps.reshape(-1, width), block, out=whitened)
        inner = by_component[:, :-1]
        np.einsum("cij,cij->cj", inner, inner, out=log_joint)
        log_joint *= -0.5
        log_joint += log_peaks[:, np.newaxis]
        yield covered, by_component, log_joint


def normalize_posteriors(log_joint: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn logarithms of joint densities into posteriors, in place.

    Parameters
    ----------
    log_joint : ndarray of shape (n_components, n_rows)
        Logarithms of weight times density; posteriors afterwards.

    Returns
    -------
    log_likelihood : ndarray of shape (n_rows,)
        Logarithm of the summed densities.
    """
    # Less the largest, so that the exponentials neither overflow nor all vanish.
    log_likelihood = log_joint.max(axis=0)
    log_joint -= log_likelihood
    np.maximum(log_joint, _LEAST_LOG_POSTERIOR, out=log_joint)
    np.exp(log_joint, out=log_joint)
    total = log_joint.sum(axis=0)
    log_joint /= total
    np.log(total, out=total)
    log_likelihood += total
    return log_likelihood


def predict_labels(X: NDArray, mixture: Gaussians) -> NDArray[np.int64]:
    """Return the component of the largest posterior for each row.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Finite; any real dtype and layout.
    mixture : Gaussians
        The components.

    Returns
    -------
    labels : ndarray of shape (n_samples,), dtype int64
        The lowest of several that are equal.
    """
    labels = np.empty(len(X), dtype=np.int64)
    _fill(labels, _first_largest, X, mixture)
    return labels


def predict_posteriors(X: NDArray, mixture: Gaussians) -> NDArray[np.float64]:
    """Return the posterior of each component for each row.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Finite; any real dtype and layout.
    mixture : Gaussians
        The components.

    Returns
    -------
    posteriors : ndarray of shape (n_samples, n_components)
    """

    def normalized(log_joint: NDArray[np.float64]) -> NDArray[np.float64]:
        normalize_posteriors(log_joint)
        return log_joint.T

    posteriors = np.empty((len(X), len(mixture.weights)))
    _fill(posteriors, normalized, X, mixture)
    return posteriors


def log_likelihoods(X: NDArray, mixture: Gaussians) -> NDArray[np.float64]:
    """Return the log-likelihood of each row.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Finite; any real dtype and layout.
    mixture : Gaussians
        The components.

    Returns
    -------
    log_likelihoods : ndarray of shape (n_samples,), unit: nats
    """
    values = np.empty(len(X))
    _fill(values, normalize_posteriors, X, mixture)
    return values


def _first_largest(log_joint: NDArray[np.float64]) -> NDArray[np.integer]:
    """Return ``log_joint.argmax(axis=0)``, for few long rows three times faster."""
    largest = log_joint[0].copy()
    label = np.zeros(len(largest), dtype=np.min_scalar_type(len(log_joint)))
    for number, candidate in enumerate(log_joint[1:], start=1):
        exceeds = (candidate > largest).astype(label.dtype)
        exceeds *= label.dtype.type(number)
        np.maximum(label, exceeds, out=label)
        np.maximum(largest, candidate, out=largest)
    return label


def _fill(
    result: NDArray,
    evaluate: Callable[[NDArray[np.float64]], NDArray],
    X: NDArray,
    mixture: Gaussians,
) -> None:
    """Fill the result with a function of each block's log densities."""

    def fill_rows(task: slice) -> None:
        for rows, _, log_joint in whitened_blocks(X, task, mixture):
            result[rows] = evaluate(log_joint)[: rows.stop - rows.start]

    with row_workers(MAX_THREADS) as map_rows:
        for _ in map_rows(fill_rows, row_tasks(len(X), mixture)):
            pass
