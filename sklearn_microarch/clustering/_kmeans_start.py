"""Where the fit of a mixture begins: rows drawn, their scale, and k-means."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.utils import gen_batches
from sklearn.utils.random import sample_without_replacement
from threadpoolctl import threadpool_limits

from sklearn_microarch.clustering._covariance_types import (
    CovarianceType,
    restrict_covariances,
)
from sklearn_microarch.clustering._gaussians import Gaussians

# Rows k-means sees, at most: it is only a start, and takes longer than EM.
_ROWS_FOR_KMEANS = 20_000

_ROWS_PER_BATCH = 65_536


def draw_rows(
    X: NDArray, max_samples: int | None, generator: RandomState
) -> NDArray[np.float64]:
    """Return some rows in float64.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        All rows.
    max_samples : int or None
        Rows drawn when there are more. None: all.
    generator : RandomState
        Draws the rows.

    Returns
    -------
    rows : ndarray of shape (n_drawn, n_features), dtype float64
        In the order of ``X``; ``X`` itself where that is all, in float64.
    """
    if max_samples is not None and len(X) > max_samples:
        drawn = sample_without_replacement(len(X), max_samples, random_state=generator)
        X = X[np.sort(drawn)]
    return X.astype(np.float64, copy=False)


def mean_variance(X: NDArray) -> float:
    """Return the mean of the features' variances.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Finite; any real dtype and layout. Only a part is copied at a time.

    Returns
    -------
    variance : float

    Raises
    ------
    ValueError
        If it is too large for a float.
    """
    count, mean, squares = 0, np.zeros(X.shape[1]), np.zeros(X.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        for rows in gen_batches(len(X), _ROWS_PER_BATCH):
            block = X[rows].astype(np.float64)
            # Squares about each block's own mean, then between the blocks: large
            # values that vary little lose nothing.
            block_mean = block.mean(axis=0)
            block -= block_mean
            shift, total = block_mean - mean, count + len(block)
            squares += np.einsum("ij,ij->j", block, block)
            squares += shift**2 * (count * len(block) / total)
            mean += shift * (len(block) / total)
            count = total
        variance = float((squares / count).mean())
    if not np.isfinite(variance):
        raise ValueError(
            "X has values so large that their variance is no finite number; scale "
            "them down."
        )
    return variance


def kmeans_start(
    X: NDArray[np.float64],
    n_components: int,
    *,
    covariance_type: CovarianceType,
    reg_covar: float,
    generator: RandomState,
) -> Gaussians:
    """Return the mixture of the clusters that k-means finds.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), dtype float64
        Finite, at least ``n_components`` rows.
    n_components : int
        Number of clusters.
    covariance_type : {"full", "tied", "diag", "spherical"}
        Shape of the covariances.
    reg_covar : float
        Added to each variance.
    generator : RandomState
        Draws rows, where there are very many, and the centres k-means starts at.

    Returns
    -------
    start : Gaussians
    """
    rows = draw_rows(X, max(n_components, _ROWS_FOR_KMEANS), generator)
    # One thread, so that sums have one order on any number of cores.
    with threadpool_limits(limits=1):
        kmeans = KMeans(n_components, n_init=1, random_state=generator).fit(rows)
    means = kmeans.cluster_centers_.copy()
    covariances = np.zeros((n_components, X.shape[1], X.shape[1]))
    counts = np.full(n_components, 10 * np.finfo(np.float64).eps)
    for cluster in range(n_components):
        members = rows[kmeans.labels_ == cluster]
        # Fewer distinct rows than clusters leave some clusters empty.
        if len(members):
            means[cluster] = members.mean(axis=0)
            members = members - means[cluster]
            covariances[cluster] = members.T @ members / len(members)
            counts[cluster] += len(members)
    weights = counts / counts.sum()
    covariances = restrict_covariances(covariances, weights, covariance_type)
    return Gaussians(weights, means, covariances + reg_covar * np.eye(X.shape[1]))
