"""Densities, posteriors and labels of rows under a mixture, batch by batch."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._row_batches import row_batches, row_workers
from sklearn_microarch.clustering._gaussians import Gaussians

# No posterior is smaller. Numbers that underflow slow each operation on them down
# tenfold, and most posteriors of most rows would.
_LEAST_LOG_POSTERIOR = -500.0

# Numbers in the largest buffer of a batch: half a MiB of doubles, of which two or
# three stay in a core's cache.
_NUMBERS_PER_BATCH = 2**16

# Every height is a multiple of this, so that no vector loop has a remainder.
_HEIGHT_QUANTUM = 64

# Handed to a thread at once: long against what a hand-over costs, and short enough
# that the last one is not waited for.
_BATCHES_PER_TASK = 16

# A thread holds little more than a batch, so that many cost no memory.
MAX_THREADS = 256


def batch_height(mixture: Gaussians) -> int:
    """Return the number of rows in each batch of `whitened_batches`.

    A matrix product may round a row differently in products of another height, so
    every batch has this height, the last one too, where the rest is padding. It depends
    on the shape of the means alone.
    """
    numbers_per_row = mixture.means.size + len(mixture.means)
    n_quanta = max(1, _NUMBERS_PER_BATCH // (_HEIGHT_QUANTUM * numbers_per_row))
    # An odd multiple of a power of two: lines that lie a power of two apart would evict
    # each other from the cache.
    return _HEIGHT_QUANTUM * (n_quanta - 1 + n_quanta % 2)


def row_tasks(n_samples: int, mixture: Gaussians) -> list[slice]:
    """Return slices of several whole batches, one for a thread at a time."""
    # Computed before there are threads, which would each compute it.
    _ = mixture.whitening, mixture.log_peaks
    height = batch_height(mixture)
    return row_batches(n_samples, rows_per_batch=_BATCHES_PER_TASK * height)


def whitened_batches(
    X: NDArray, rows: slice, mixture: Gaussians
) -> Iterator[tuple[slice, NDArray[np.float64], NDArray[np.float64]]]:
    """Yield rows covered, whitened for every component, and log weighted densities.

    Whitened rows L_c^-1 (x - mean_c), of shape (n_components, n_features + 1,
    height) with a last entry 1, and log densities (n_components, height) have padding
    after the rows covered. The next batch overwrites both.
    """
    maps, log_peaks = mixture.whitening, mixture.log_peaks
    n_components, width, _ = maps.shape
    height = batch_height(mixture)
    # Rows run along the last axis, as everywhere below.
    batch = np.zeros((width, height))
    batch[-1] = 1.0
    whitened = np.empty((n_components * width, height))
    by_component = whitened.reshape(n_components, width, height)
    log_joint = np.empty((n_components, height))
    for start in range(rows.start, rows.stop, height):
        covered = slice(start, min(start + height, rows.stop))
        batch[:-1, : covered.stop - start] = X[covered].T
        inner = by_component[:, :-1]
        # Whether rows are too far away is seen in their likelihood.
        with np.errstate(over="ignore", invalid="ignore"):
            np.matmul(maps.reshape(-1, width), batch, out=whitened)
            np.einsum("cij,cij->cj", inner, inner, out=log_joint)
        log_joint *= -0.5
        log_joint += log_peaks[:, np.newaxis]
        yield covered, by_component, log_joint


def normalize_posteriors(log_joint: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn log joint densities (n_components, n_rows) into posteriors, in place.

    Return the logarithm (n_rows,) of the summed densities.
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
    """Return the component of the largest posterior (n_samples,), the lowest of equals.

    Finite rows of any real dtype and layout, here and below.
    """
    labels = np.empty(len(X), dtype=np.int64)
    _fill(labels, _first_largest, X, mixture)
    return labels


def predict_posteriors(X: NDArray, mixture: Gaussians) -> NDArray[np.float64]:
    """Return the posteriors of the components (n_samples, n_components)."""

    def posteriors_of(log_joint: NDArray[np.float64]) -> tuple[NDArray, NDArray]:
        log_likelihood = normalize_posteriors(log_joint)
        return log_joint.T, log_likelihood

    posteriors = np.empty((len(X), len(mixture.weights)))
    _fill(posteriors, posteriors_of, X, mixture)
    return posteriors


def log_likelihoods(X: NDArray, mixture: Gaussians) -> NDArray[np.float64]:
    """Return the log-likelihood of each row (n_samples,), in nats."""

    def likelihood_of(log_joint: NDArray[np.float64]) -> tuple[NDArray, NDArray]:
        log_likelihood = normalize_posteriors(log_joint)
        return log_likelihood, log_likelihood

    values = np.empty(len(X))
    _fill(values, likelihood_of, X, mixture)
    return values


def _first_largest(
    log_joint: NDArray[np.float64],
) -> tuple[NDArray[np.integer], NDArray[np.float64]]:
    """Return ``log_joint.argmax(axis=0)``, and the maximum.

    For few long rows three times faster.
    """
    largest = log_joint[0].copy()
    label = np.zeros(len(largest), dtype=np.min_scalar_type(len(log_joint)))
    for number, candidate in enumerate(log_joint[1:], start=1):
        exceeds = (candidate > largest).astype(label.dtype)
        exceeds *= label.dtype.type(number)
        np.maximum(label, exceeds, out=label)
        np.maximum(largest, candidate, out=largest)
    return label, largest


def _fill(
    result: NDArray,
    evaluate: Callable[[NDArray[np.float64]], tuple[NDArray, NDArray]],
    X: NDArray,
    mixture: Gaussians,
) -> None:
    """Fill the result with a function of each batch's log densities.

    It also returns values that are finite where the densities of a row are.
    """

    def fill_rows(task: slice) -> None:
        for rows, _, log_joint in whitened_batches(X, task, mixture):
            n_rows = rows.stop - rows.start
            with np.errstate(over="ignore", invalid="ignore"):
                values, evidence = evaluate(log_joint)
            if not np.isfinite(evidence[:n_rows]).all():
                _refuse_far_rows(X[rows], np.isfinite(evidence[:n_rows]))
            result[rows] = values[:n_rows]

    with row_workers(MAX_THREADS) as map_rows:
        for _ in map_rows(fill_rows, row_tasks(len(X), mixture)):
            pass


def _refuse_far_rows(rows: NDArray, near: NDArray[np.bool_]) -> None:
    far = rows[~near].astype(np.float64)
    raise ValueError(
        f"X holds rows with values up to {np.abs(far).max():.3g}, about 1e154 standard "
        "deviations or more from every cluster, where no likelihood is a finite "
        "number; scale them like the rows of fit, or leave them out."
    )
