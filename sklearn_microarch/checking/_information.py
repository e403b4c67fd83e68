"""What labels tell of texture, in nats for each cell."""

import numpy as np
from numpy.typing import NDArray


def joint_counts(
    labels: NDArray[np.int64],
    codes: NDArray[np.int64],
    n_labels: int,
    n_codes: int,
) -> NDArray[np.int64]:
    """Count cells by label and texture, (n_labels, n_codes)."""
    joint = labels.ravel() * n_codes + codes.ravel()
    counts = np.bincount(joint, minlength=n_labels * n_codes)
    return counts.reshape(n_labels, n_codes)


def shared_information(counts: NDArray[np.int64]) -> float:
    """Return the mutual information of two codes, from their joint counts.

    It is the gain in log-likelihood for each cell of a model in which each label has a
    distribution of textures of its own, over one in which all share one.
    """
    total = counts.sum()
    return (
        _n_log_n(total)
        + _n_log_n(counts)
        - _n_log_n(counts.sum(axis=0))
        - _n_log_n(counts.sum(axis=1))
    ) / float(total)


def label_entropy(counts: NDArray[np.int64]) -> float:
    """Return the entropy of the labels: the most that texture could tell of them."""
    total = counts.sum()
    return (_n_log_n(total) - _n_log_n(counts.sum(axis=1))) / float(total)


def _n_log_n(counts: NDArray[np.int64]) -> float:
    values = np.asarray(counts, dtype=float).ravel()
    values = values[values > 0]
    return float(values @ np.log(values))


def told_by_label(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how unlike the rest each label's textures are, (n_labels,), in nats.

    The divergence of its textures from those of all cells; 0 for a label without cells.
    """
    within = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    overall = np.maximum(counts.sum(axis=0) / counts.sum(), 1e-12)
    logs = np.log(np.maximum(within, 1e-12) / overall)
    return np.asarray((within * logs).sum(axis=1))
