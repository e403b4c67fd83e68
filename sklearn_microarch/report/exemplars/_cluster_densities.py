"""How well cells fit each cluster, from their loadings alone."""

import numpy as np
from numpy.typing import NDArray

# Share of the pooled variance in each cluster's, so that small clusters have one.
_POOLED = 0.1


def cluster_densities(
    loadings: NDArray, clusters: NDArray, n_clusters: int
) -> NDArray[np.float64]:
    """Return the logarithm of share times density (n, k), -inf of empty clusters.

    Each cluster is taken for a Gaussian of its rows' ``loadings`` (n, p).
    """
    X = loadings.astype(np.float64)
    pooled = np.diag(X.var(axis=0) + 1e-12)
    densities = np.full((len(X), n_clusters), -np.inf)
    for cluster in range(n_clusters):
        own = X[clusters == cluster]
        if not len(own):
            continue
        centred = own - own.mean(axis=0)
        spread = (1 - _POOLED) * (centred.T @ centred) / len(own) + _POOLED * pooled
        whiten = np.linalg.inv(np.linalg.cholesky(spread))
        distance = (((X - own.mean(axis=0)) @ whiten.T) ** 2).sum(axis=1)
        size = np.log(np.diag(whiten)).sum()
        densities[:, cluster] = np.log(len(own) / len(X)) + size - distance / 2
    return densities
