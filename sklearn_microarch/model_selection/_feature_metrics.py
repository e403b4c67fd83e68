"""How many directions the features of a network really use."""

import numpy as np
from numpy.typing import ArrayLike


def participation_ratio(features: ArrayLike) -> float:
    r"""Effective number of dimensions of the features.

    .. math:: \Big(\sum_i \lambda_i\Big)^2 \Big/ \sum_i \lambda_i^2

    over the eigenvalues of the covariance matrix: 1 when all features move
    together, d when d of them vary alike and independently.

    Parameters
    ----------
    features : array-like of shape (n_samples, n_features)
        Activations, for example of a network's last hidden layer.

    Returns
    -------
    ratio : float
        Between 1 and n_features; 0 for constant features.

    Raises
    ------
    ValueError
        If ``features`` is not 2-D or has fewer than two rows.

    Examples
    --------
    >>> from sklearn_microarch.model_selection import participation_ratio
    >>> participation_ratio([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    2.0
    """
    values = np.asarray(features, dtype=np.float64)
    if values.ndim != 2 or len(values) < 2:
        raise ValueError(
            f"features has shape {values.shape}; it must be (n_samples, n_features) "
            "with at least two rows."
        )
    centred = values - values.mean(axis=0)
    covariance = centred.T @ centred
    spread = float(np.trace(covariance))
    return spread**2 / float((covariance**2).sum()) if spread > 0 else 0.0


def dead_unit_share(features: ArrayLike) -> float:
    """Share of the features that are zero in every row.

    Parameters
    ----------
    features : array-like of shape (n_samples, n_features)
        Not negative.

    Returns
    -------
    share : float
        From 0 to 1.
    """
    return float((np.asarray(features) <= 0).all(axis=0).mean())
