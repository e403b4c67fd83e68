"""Where the fit of a mixture begins: rows drawn, their scale, and k-means."""

from collections.abc import Iterator

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_argmin
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


def sample_doubles(
    X: NDArray, max_samples: int | None, generator: RandomState
) -> NDArray[np.float64]:
    """Return rows in float64 and in order, drawn where there are more than so many."""
    if max_samples is not None and len(X) > max_samples:
        drawn = sample_without_replacement(len(X), max_samples, random_state=generator)
        X = X[np.sort(drawn)]
    return X.astype(np.float64, copy=False)


def mean_variance(X: NDArray) -> float:
    """Return the mean of the features' variances, which must be a finite number."""
    count, mean, squares = 0, np.zeros(X.shape[1]), np.zeros(X.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        for rows in gen_batches(len(X), _ROWS_PER_BATCH):
            batch = X[rows].astype(np.float64)
            # Squares about each batch's own mean, then between the batches: large
            # values that vary little lose nothing.
            batch_mean = batch.mean(axis=0)
            batch -= batch_mean
            shift, total = batch_mean - mean, count + len(batch)
            squares += np.einsum("ij,ij->j", batch, batch)
            squares += shift**2 * (count * len(batch) / total)
            mean += shift * (len(batch) / total)
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
    """Return the mixture of the clusters that k-means finds."""
    rows = sample_doubles(X, max(n_components, _ROWS_FOR_KMEANS), generator)
    # One thread, so that sums have one order on any number of cores.
    with threadpool_limits(limits=1):
        kmeans = KMeans(n_components, n_init=1, random_state=generator).fit(rows)
    # Fewer distinct rows than clusters leave some clusters empty.
    means = [
        members.mean(axis=0) if len(members) else centre
        for members, centre in zip(
            _by_cluster(rows, kmeans.labels_, n_components),
            kmeans.cluster_centers_,
            strict=True,
        )
    ]
    return _mixture_about(
        np.array(means), rows, kmeans.labels_, covariance_type, reg_covar
    )


def start_from_means(
    X: NDArray[np.float64],
    means: NDArray[np.float64],
    *,
    covariance_type: CovarianceType,
    reg_covar: float,
    generator: RandomState,
) -> Gaussians:
    """Return the mixture of the rows that are nearest to each of given means."""
    rows = sample_doubles(X, max(len(means), _ROWS_FOR_KMEANS), generator)
    with threadpool_limits(limits=1):
        labels = pairwise_distances_argmin(rows, means)
    return _mixture_about(means, rows, labels, covariance_type, reg_covar)


def _mixture_about(
    means: NDArray[np.float64],
    rows: NDArray[np.float64],
    labels: NDArray[np.integer],
    covariance_type: CovarianceType,
    reg_covar: float,
) -> Gaussians:
    """Return the Gaussians of labelled rows, with their spread about given means."""
    n_components, n_features = means.shape
    covariances = np.zeros((n_components, n_features, n_features))
    counts = np.full(n_components, 10 * np.finfo(np.float64).eps)
    for cluster, members in enumerate(_by_cluster(rows, labels, n_components)):
        if len(members):
            members = members - means[cluster]
            covariances[cluster] = members.T @ members / len(members)
            counts[cluster] += len(members)
    weights = counts / counts.sum()
    covariances = restrict_covariances(covariances, weights, covariance_type)
    return Gaussians(weights, means, covariances + reg_covar * np.eye(n_features))


def _by_cluster(
    rows: NDArray[np.float64], labels: NDArray[np.integer], n_components: int
) -> Iterator[NDArray[np.float64]]:
    for cluster in range(n_components):
        yield rows[labels == cluster]
