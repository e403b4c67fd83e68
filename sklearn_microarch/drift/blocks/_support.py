"""How far rows lie from the rows a pipeline was fitted on, in whitened features."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Share of the variance within regions that whitened features keep, and the most
# of them: beyond, directions are noise that whitening would blow up.
KEPT_VARIANCE = 0.99
MOST_DIRECTIONS = 16
# The mean over a few neighbours does not hang on a single odd row.
N_NEIGHBOURS = 5
_ENTRIES_AT_A_TIME = 4_000_000


@dataclass(frozen=True, eq=False)
class Whitening:
    """Features as scores of unit variance within regions."""

    mean: NDArray[np.float32]  # (n_features,)
    axes: NDArray[np.float32]  # (n_features, n_directions)

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return whitened features (n, n_directions) of features (n, n_features)."""
        return np.asarray((features - self.mean) @ self.axes)


def fit_whitening(
    features: NDArray[np.float32], codes: NDArray[np.integer]
) -> Whitening:
    """Return the main directions, at least one, of what varies within regions (n,)."""
    within = features.astype(np.float64)
    mean = within.mean(axis=0)
    for code in np.unique(codes):
        within[codes == code] -= within[codes == code].mean(axis=0)
    variances, directions = np.linalg.eigh(within.T @ within / len(within))
    variances, directions = np.maximum(variances[::-1], 0), directions[:, ::-1]
    explained = variances.cumsum() / max(variances.sum(), np.finfo(float).tiny)
    n_kept = min(int((explained < KEPT_VARIANCE).sum()) + 1, MOST_DIRECTIONS)
    n_kept = max(1, min(n_kept, int((variances > 1e-9 * variances[0]).sum())))
    scale = np.sqrt(np.maximum(variances[:n_kept], np.finfo(np.float32).tiny))
    return Whitening(
        mean.astype(np.float32), (directions[:, :n_kept] / scale).astype(np.float32)
    )


def distances_to_support(
    scores: NDArray[np.float32], support: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the mean distance (n,) of scores to their five nearest of the support.

    After Y. Sun, Y. Ming, X. Zhu and Y. Li, "Out-of-distribution detection with deep
    nearest neighbors", ICML, 2022.
    """
    n_nearest = min(N_NEIGHBOURS, len(support))
    lengths = np.einsum("ij,ij->i", support, support)
    distances = np.empty(len(scores), dtype=np.float32)
    step = max(1, _ENTRIES_AT_A_TIME // len(support))
    for start in range(0, len(scores), step):
        part = scores[start : start + step]
        squares = lengths - 2 * (part @ support.T)
        nearest = np.partition(squares, n_nearest - 1, axis=1)[:, :n_nearest]
        nearest += np.einsum("ij,ij->i", part, part)[:, np.newaxis]
        distances[start : start + step] = np.sqrt(np.maximum(nearest, 0)).mean(axis=1)
    return distances
