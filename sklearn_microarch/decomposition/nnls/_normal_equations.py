"""Normal equations of many rows at once, each restricted to its own support.

Rows run along the last axis, and every number is made by element-wise
operations and loops over components, never by BLAS or a reduction: each
operation is correctly rounded on its own, so that the result of a row has the
same bits whatever other rows stand beside it.
"""

import numpy as np
from numpy.typing import NDArray

# A component whose squared distance from the span of the others in a support
# is below this share of its squared norm counts as dependent on them.
DEPENDENCE_TOL = 1e-11

# Supports inverted together: 15 x 15 x 256 doubles stay in a core's cache.
_SUPPORTS_PER_BATCH = 256


def project(
    X: NDArray[np.floating], components: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return inner products of components with rows, (n_components, n_samples)."""
    columns = np.ascontiguousarray(X.T, dtype=np.float64)
    return _combine(components.T.astype(np.float64), columns)


def gram_times(
    gram: NDArray[np.float64], loadings: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return ``gram @ loadings`` for loadings (n_components, n_samples), row by row."""
    return _combine(gram, loadings)


def solve_on_supports(
    gram: NDArray[np.float64],
    projections: NDArray[np.float64],
    support: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return least-squares loadings (n_components, n_samples) on rows' supports.

    Zero outside the support, and for a component that depends linearly on earlier ones.
    """
    distinct, which = _distinct_columns(support)
    inverses = _inverses_on(gram, distinct)
    solution = _gathered_product(inverses, which, projections)
    # One refinement: the inverse of an ill-conditioned support is a poor solver,
    # but a good correction.
    residual = projections - gram_times(gram, solution)
    solution += _gathered_product(inverses, which, residual)
    return solution


def _combine(
    weights: NDArray[np.float64], terms: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return ``weights.T @ terms``, summed term by term in a fixed order."""
    total = np.zeros((weights.shape[1], terms.shape[1]))
    product = np.empty_like(total)
    for weight, term in zip(weights, terms, strict=True):
        np.multiply(weight[:, np.newaxis], term, out=product)
        total += product
    return total


def _gathered_product(
    inverses: NDArray[np.float64],
    which: NDArray[np.intp],
    projections: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Multiply each row by the inverse of its own support."""
    total = np.zeros_like(projections)
    for inverse_row, projection in zip(inverses, projections, strict=True):
        product = inverse_row.take(which, axis=1)
        product *= projection
        total += product
    return total


def _distinct_columns(
    support: NDArray[np.bool_],
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return the distinct columns, and for each column which of them it is."""
    n_components, n_samples = support.shape
    n_words = -(-n_components // 64)
    packed = np.zeros((n_samples, 8 * n_words), dtype=np.uint8)
    packed[:, : -(-n_components // 8)] = np.packbits(support, axis=0).T
    codes = packed.view(np.uint64)
    # A single word sorts several times faster as a plain integer.
    _, first, which = (
        np.unique(codes[:, 0], return_index=True, return_inverse=True)
        if n_words == 1
        else np.unique(codes, axis=0, return_index=True, return_inverse=True)
    )
    return support[:, first], which.reshape(n_samples)


def _inverses_on(
    gram: NDArray[np.float64], support: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return inverses (k, k, n_supports) of ``gram`` on supports, zero elsewhere.

    The sweep operator needs no pivoting for a positive semidefinite matrix, and shows a
    dependent component as a vanishing pivot.
    """
    inverses = np.empty((*gram.shape, support.shape[1]))
    for start in range(0, support.shape[1], _SUPPORTS_PER_BATCH):
        batch = slice(start, start + _SUPPORTS_PER_BATCH)
        inverses[:, :, batch] = _sweep(gram, support[:, batch])
    return inverses


def _sweep(
    gram: NDArray[np.float64], support: NDArray[np.bool_]
) -> NDArray[np.float64]:
    swept = np.where(support[:, np.newaxis] & support, gram[:, :, np.newaxis], 0.0)
    for component, norm in enumerate(np.diag(gram)):
        pivot = swept[component, component].copy()
        independent = support[component] & (pivot > DEPENDENCE_TOL * norm)
        reciprocal = np.zeros_like(pivot)
        np.divide(1.0, pivot, out=reciprocal, where=independent)
        column = swept[component].copy()
        row = column * reciprocal
        swept -= column[:, np.newaxis] * row
        swept[component] = row
        swept[:, component] = row
        swept[component, component] = -reciprocal
    return np.negative(swept, out=swept)
