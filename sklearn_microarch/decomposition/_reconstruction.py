"""How much of the data each component carries, and what all of them miss."""

import numpy as np
from numpy.typing import NDArray

_ROWS_PER_BLOCK = 8192


def component_energies(loadings: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the sum of squared loadings of each component.

    Parameters
    ----------
    loadings : ndarray of shape (n_samples, n_components)
        Loadings on components of unit norm.

    Returns
    -------
    energies : ndarray of shape (n_components,), dtype float64
        Relative to the square of the largest loading, so that no loading is
        too small or too large to be squared.
    """
    scale = float(loadings.max(initial=0.0)) or 1.0
    energies = np.zeros(loadings.shape[1])
    for start in range(0, len(loadings), _ROWS_PER_BLOCK):
        block = loadings[start : start + _ROWS_PER_BLOCK].astype(np.float64) / scale
        energies += np.einsum("ij,ij->j", block, block)
    return energies


def residual_norm(
    X: NDArray[np.floating],
    loadings: NDArray[np.floating],
    components: NDArray[np.floating],
) -> float:
    """Return the Frobenius norm of ``X - loadings @ components``.

    The difference is taken block by block; traces of small matrices would be
    faster, and lose half the digits where the reconstruction is good.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Non-negative rows.
    loadings : ndarray of shape (n_samples, n_components)
        Their loadings.
    components : ndarray of shape (n_components, n_features)
        Components.

    Returns
    -------
    norm : float, unit of ``X``
        Computed in float64.
    """
    scale = float(X.max(initial=0.0)) or 1.0
    H = components.astype(np.float64)
    total = 0.0
    for start in range(0, len(X), _ROWS_PER_BLOCK):
        rows = slice(start, start + _ROWS_PER_BLOCK)
        residual = X[rows] - loadings[rows].astype(np.float64) @ H
        residual /= scale
        total += float(np.einsum("ij,ij->", residual, residual))
    return scale * float(np.sqrt(total))
