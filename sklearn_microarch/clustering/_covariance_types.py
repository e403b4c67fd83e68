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
    """Return covariances of any type written out in full.

    Parameters
    ----------
    covariances : ndarray
        In scikit-learn's shape for the type.
    n_components, n_features : int
        Sizes of the result.
    covariance_type : {"full", "tied", "diag", "spherical"}
        What ``covariances`` holds.

    Returns
    -------
    full : ndarray of shape (n_components, n_features, n_features)
    """
    if covariance_type == "diag":
        covariances = covariances[:, np.newaxis] * np.eye(n_features)
    elif covariance_type == "spherical":
        covariances = covariances[:, np.newaxis, np.newaxis] * np.eye(n_features)
    return np.broadcast_to(covariances, (n_components, n_features, n_features)).copy()


def compact_covariances(
    full: NDArray[np.float64], covariance_type: CovarianceType
) -> NDArray[np.float64]:
    """Return covariances in scikit-learn's shape for their type.

    Parameters
    ----------
    full : ndarray of shape (n_components, n_features, n_features)
        Already of that type, as from :func:`restrict_covariances`.
    covariance_type : {"full", "tied", "diag", "spherical"}
        The type.

    Returns
    -------
    covariances : ndarray
        Of shape (n_components, n_features, n_features) if "full", (n_features,
        n_features) if "tied", (n_components, n_features) if "diag" and
        (n_components,) if "spherical".
    """
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

    Parameters
    ----------
    empirical : ndarray of shape (n_components, n_features, n_features)
        Covariances of the rows of each component.
    weights : ndarray of shape (n_components,)
        Sum to 1.
    covariance_type : {"full", "tied", "diag", "spherical"}
        The type.

    Returns
    -------
    full : ndarray of shape (n_components, n_features, n_features)
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


def count_covariance_parameters(
    n_components: int, n_features: int, covariance_type: CovarianceType
) -> int:
    """Return the number of free parameters of the covariances.

    Parameters
    ----------
    n_components, n_features : int
        Sizes of the mixture.
    covariance_type : {"full", "tied", "diag", "spherical"}
        The type.

    Returns
    -------
    n_parameters : int
    """
    if covariance_type == "spherical":
        return n_components
    if covariance_type == "diag":
        return n_components * n_features
    n_matrices = 1 if covariance_type == "tied" else n_components
    return n_matrices * n_features * (n_features + 1) // 2
