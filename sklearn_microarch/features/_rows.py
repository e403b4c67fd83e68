"""Rows of patches as batches of float tensors with a channel axis."""

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch.sampling import Patches


def image_shape(row_shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Return channels, height and width of rows; p numbers are 1 x p pixels."""
    if len(row_shape) == 1:
        return 1, 1, row_shape[0]
    if len(row_shape) == 2:
        return 1, row_shape[0], row_shape[1]
    return row_shape[0], row_shape[1], row_shape[2]


def read_batch(X: Patches | NDArray, rows: NDArray[np.integer]) -> torch.Tensor:
    """Copy some rows into a float32 tensor of shape (m, n_channels, height, width)."""
    batch = X.gather(rows) if isinstance(X, Patches) else X[rows]
    batch = batch.astype(np.float32).reshape(len(batch), *image_shape(X.shape[1:]))
    return torch.from_numpy(batch)


def grey_scale(
    X: Patches | NDArray, rows: NDArray[np.integer], scale: str | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what is taken off and divided by (n_channels,), from the rows of the fit.

    ``scale`` is the ``normalization`` of `CNNFeatureExtractor`.
    """
    n_channels = image_shape(X.shape[1:])[0]
    if scale is None:
        return np.zeros(n_channels), np.ones(n_channels)
    if scale == "range":
        largest = 255.0 if X.dtype == np.uint8 else _largest_grey(X, rows)
        return np.zeros(n_channels), np.full(n_channels, largest)
    return grey_statistics(X, rows)


def _largest_grey(X: Patches | NDArray, rows: NDArray[np.integer]) -> float:
    parts = (rows[start : start + 256] for start in range(0, len(rows), 256))
    largest = max(float(read_batch(X, part).abs().max()) for part in parts)
    return largest or 1.0


def grey_statistics(
    X: Patches | NDArray, rows: NDArray[np.integer]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation (n_channels,) of each channel over some rows.

    A channel without variation gets a deviation of 1.
    """
    n_channels = image_shape(X.shape[1:])[0]
    count, total, squares = 0, np.zeros(n_channels), np.zeros(n_channels)
    # About zero when the first row is taken off: sums of squares then lose nothing.
    first = read_batch(X, rows[:1]).numpy().astype(float)
    origin = first.mean(axis=(0, 2, 3), keepdims=True)
    for start in range(0, len(rows), 256):
        batch = read_batch(X, rows[start : start + 256]).numpy() - origin
        count += batch.size // n_channels
        total += batch.sum(axis=(0, 2, 3))
        squares += (batch**2).sum(axis=(0, 2, 3))
    mean = total / count
    std = np.sqrt(np.maximum(squares / count - mean**2, 0))
    return mean + origin.ravel(), np.where(std > 0, std, 1.0)
