"""The four covariance types: their shapes, and the covariances they allow."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

CovarianceType = Literal["full", "tied", "diag", "spherical"]


def expand_covariances(
    covariances: NDArray[np.float64],
    n_components: int,
    n_features: int,
    covariance_type: CovarianceType,
) -> NDArray[np.float64]:
    """Return covariances in scikit-learn's shape for their type, written out in full.

    Of shape (n_components, n_features, n_features).
    """
    if covariance_type == "diag":
        covariances = covariances[:, np.newaxis] * np.eye(n_features)
    elif covariance_type == "spherical":
        covariances = covariances[:, np.newaxis, np.newaxis] * np.eye(n_features)
    return np.broadcast_to(covariances, (n_components, n_features, n_features)).copy()


def compact_covariances(
    full: NDArray[np.float64], covariance_type: CovarianceType
) -> NDArray[np.float64]:
    """Return what `expand_covariances` makes these covariances of, for their type."""
    if covariance_type == "tied":
        return full[0].copy()
    if covariance_type == "diag":
        return np.diagonal(full, axis1=1, axis2=2).copy()
    if covariance_type == "spherical":
        return full[:, 0, 0].copy()
    return full


def restrict_covariances(
    empirical: NDArray[np.float64],
    weights: NDArray[np.float64],
    covariance_type: CovarianceType,
) -> NDArray[np.float64]:
    """Return the most likely covariances of a type, written out in full.

    From those of the rows of each component (n_components, n_features, n_features),
    and the weights of the components, which sum to 1.
    """
    if covariance_type == "full":
        return empirical
    if covariance_type == "tied":
        pooled = np.einsum("c,cij->ij", weights, empirical)
        return np.broadcast_to(pooled, empirical.shape).copy()
    identity = np.eye(empirical.shape[1])
    if covariance_type == "diag":
        return empirical * identity
    means = np.trace(empirical, axis1=1, axis2=2) / len(identity)
    return means[:, np.newaxis, np.newaxis] * identity


def shrink_covariances(
    covariances: NDArray[np.float64], weights: NDArray[np.float64], shrinkage: float
) -> NDArray[np.float64]:
    """Move covariances, written out in full, by a share towards their weighted mean."""
    pooled = np.einsum("c,cij->ij", weights, covariances)
    return (1 - shrinkage) * covariances + shrinkage * pooled


def count_covariance_parameters(
    n_components: int, n_features: int, covariance_type: CovarianceType
) -> int:
    """Return the number of free parameters of the covariances."""
    if covariance_type == "spherical":
        return n_components
    if covariance_type == "diag":
        return n_components * n_features
    n_matrices = 1 if covariance_type == "tied" else n_components
    return n_matrices * n_features * (n_features + 1) // 2
