"""Exact non-negative least squares on any device of torch.

The method and the order of its operations are those of `_nnls` and
`_normal_equations`: rows run along the last axis, and every number is made by
element-wise operations, each of them one kernel and correctly rounded. A row
therefore has the same bits whatever other rows stand beside it, and those
which numpy gives it.
"""

import torch
from torch import Tensor

from sklearn_microarch.decomposition.nnls._nnls import (
    CERTIFIED_RESIDUAL,
    GRADIENT_TOL,
    N_EXCHANGES,
    NEGLIGIBLE_LOADING,
)
from sklearn_microarch.decomposition.nnls._normal_equations import DEPENDENCE_TOL

# Flags packed in one word, of which the sign is left alone.
_FLAGS_PER_WORD = 62


def project(X: Tensor, components: Tensor) -> Tensor:
    """Return the inner product of each row with each component.

    Parameters
    ----------
    X : Tensor of shape (n_samples, n_features), dtype float64
        Rows.
    components : Tensor of shape (n_components, n_features), dtype float64
        On the same device.

    Returns
    -------
    projections : Tensor of shape (n_components, n_samples), dtype float64
    """
    return _combine(components.T, X.T.contiguous())


def solve_nnls(gram: Tensor, projections: Tensor) -> tuple[Tensor, Tensor]:
    """Solve rows by block principal pivoting, and say which are certified.

    Parameters
    ----------
    gram : Tensor of shape (n_components, n_components), dtype float64
        Inner products of the components.
    projections : Tensor of shape (n_components, n_samples), dtype float64
        Inner products of each row with the components, at least one row.

    Returns
    -------
    loadings : Tensor of shape (n_components, n_samples), dtype float64
        Exactly zero outside the support.
    certified : Tensor of shape (n_samples,), dtype bool
        Whether pivoting came to an end and the optimality conditions hold. The
        few other rows are for `sklearn_microarch.decomposition.nnls._nnls.solve_nnls`.
    """
    scale = projections.abs().amax(dim=0)
    loadings, unfinished = _exchange_blocks(gram, projections, GRADIENT_TOL * scale)
    loadings[loadings <= NEGLIGIBLE_LOADING * scale] = 0.0
    descent = projections - _combine(gram, loadings)
    deviation = (loadings - (loadings + descent).clamp(min=0.0)).abs().amax(dim=0)
    certified = deviation <= CERTIFIED_RESIDUAL * scale
    certified[unfinished] = False
    return loadings, certified


def _exchange_blocks(
    gram: Tensor, projections: Tensor, tolerance: Tensor
) -> tuple[Tensor, Tensor]:
    """Return loadings, and the indices of the rows that are not yet optimal."""
    loadings = torch.zeros_like(projections)
    live = torch.arange(projections.shape[1], device=projections.device)
    support = torch.ones_like(projections, dtype=torch.bool)
    for _ in range(N_EXCHANGES):
        if not len(live):
            break
        b = projections[:, live]
        solution = _solve_on_supports(gram, b, support)
        descent = b - _combine(gram, solution)
        exchanged = torch.where(support, solution > 0, descent > tolerance[live])
        changed = (exchanged != support).any(dim=0)
        loadings[:, live] = solution.clamp(min=0.0)
        live, support = live[changed], exchanged[:, changed]
    return loadings, live


def _solve_on_supports(gram: Tensor, projections: Tensor, support: Tensor) -> Tensor:
    """Solve the least-squares problem of each row on its own support."""
    distinct, which = _distinct_columns(support)
    inverses = _inverses_on(gram, distinct)
    solution = _gathered_product(inverses, which, projections)
    residual = projections - _combine(gram, solution)
    return solution + _gathered_product(inverses, which, residual)


def _combine(weights: Tensor, terms: Tensor) -> Tensor:
    """Return ``weights.T @ terms``, summed term by term in a fixed order."""
    total = terms.new_zeros((weights.shape[1], terms.shape[1]))
    for weight, term in zip(weights, terms, strict=True):
        total += weight[:, None] * term
    return total


def _gathered_product(inverses: Tensor, which: Tensor, projections: Tensor) -> Tensor:
    """Multiply each row by the inverse of its own support."""
    total = torch.zeros_like(projections)
    for inverse_row, projection in zip(inverses, projections, strict=True):
        total += inverse_row[:, which] * projection
    return total


def _distinct_columns(support: Tensor) -> tuple[Tensor, Tensor]:
    """Return the distinct columns, and for each column which of them it is."""
    places = torch.arange(_FLAGS_PER_WORD, device=support.device)[:, None]
    words = [
        (flags.long() << places[: len(flags)]).sum(dim=0)
        for flags in support.split(_FLAGS_PER_WORD)
    ]
    distinct, which = (
        torch.unique(words[0], return_inverse=True)
        if len(words) == 1
        else torch.unique(torch.stack(words), dim=1, return_inverse=True)
    )
    # Of the columns that are alike, any will do.
    example = which.new_empty(distinct.shape[-1])
    example[which] = torch.arange(len(which), device=which.device)
    return support[:, example], which


def _inverses_on(gram: Tensor, support: Tensor) -> Tensor:
    """Return the inverse of ``gram`` on each support, zero elsewhere."""
    swept = torch.where(support[:, None] & support, gram[:, :, None], 0.0)
    for component, norm in enumerate(gram.diagonal()):
        pivot = swept[component, component].clone()
        independent = support[component] & (pivot > DEPENDENCE_TOL * norm)
        reciprocal = torch.where(independent, pivot.reciprocal(), 0.0)
        column = swept[component].clone()
        row = column * reciprocal
        swept -= column[:, None] * row
        swept[component] = row
        swept[:, component] = row
        swept[component, component] = -reciprocal
    return swept.neg_()
