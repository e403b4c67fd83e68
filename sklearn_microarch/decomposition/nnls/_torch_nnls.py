"""Exact non-negative least squares on any device of torch.

Block principal pivoting (Kim and Park, 2011, doi:10.1137/110821172), where rows that
share a support share its inverse. Rows run along the last axis, and every number is
made by element-wise operations, each of them one kernel and correctly rounded. A row
therefore has the same bits whatever other rows stand beside it.
"""

import torch
from torch import Tensor

# All relative to a row's largest projection on a component: the descent at which a
# component enters, the loading that counts as zero, and the residual that will do.
_GRADIENT_TOL = 1e-13
_NEGLIGIBLE_LOADING = 1e-12
_CERTIFIED_RESIDUAL = 1e-9

# A component whose squared distance from the span of the others in a support
# is below this share of its squared norm counts as dependent on them.
_DEPENDENCE_TOL = 1e-11

# Rounds of pivoting.
_N_EXCHANGES = 6

# Flags packed in one word, of which the sign is left alone.
_FLAGS_PER_WORD = 62


def project_tensors(X: Tensor, components: Tensor) -> Tensor:
    """Return inner products of components with rows, (n_components, n_samples)."""
    return _combine_tensors(components.T, X.T.contiguous())


def pivot_tensors(gram: Tensor, projections: Tensor) -> tuple[Tensor, Tensor]:
    """Return loadings (n_components, n_samples), and which of them are certified.

    They are where block principal pivoting came to an end and the optimality conditions
    hold; the few other rows are for a `RowSolver`. At least one row, all of float64.
    """
    scale = projections.abs().amax(dim=0)
    loadings, unfinished = _exchange_tensors(gram, projections, _GRADIENT_TOL * scale)
    loadings[loadings <= _NEGLIGIBLE_LOADING * scale] = 0.0
    descent = projections - _combine_tensors(gram, loadings)
    deviation = (loadings - (loadings + descent).clamp(min=0.0)).abs().amax(dim=0)
    certified = deviation <= _CERTIFIED_RESIDUAL * scale
    certified[unfinished] = False
    return loadings, certified


def _exchange_tensors(
    gram: Tensor, projections: Tensor, tolerance: Tensor
) -> tuple[Tensor, Tensor]:
    """Return loadings, and the indices of the rows that are not yet optimal."""
    loadings = torch.zeros_like(projections)
    live = torch.arange(projections.shape[1], device=projections.device)
    support = torch.ones_like(projections, dtype=torch.bool)
    for _ in range(_N_EXCHANGES):
        if not len(live):
            break
        b = projections[:, live]
        solution = _solve_tensors_on_supports(gram, b, support)
        descent = b - _combine_tensors(gram, solution)
        exchanged = torch.where(support, solution > 0, descent > tolerance[live])
        changed = (exchanged != support).any(dim=0)
        loadings[:, live] = solution.clamp(min=0.0)
        live, support = live[changed], exchanged[:, changed]
    return loadings, live


def _solve_tensors_on_supports(
    gram: Tensor, projections: Tensor, support: Tensor
) -> Tensor:
    """Solve the least-squares problem of each row on its own support."""
    distinct, which = _distinct_supports(support)
    inverses = _invert_by_sweeps(gram, distinct)
    solution = _multiply_by_support(inverses, which, projections)
    residual = projections - _combine_tensors(gram, solution)
    return solution + _multiply_by_support(inverses, which, residual)


def _combine_tensors(weights: Tensor, terms: Tensor) -> Tensor:
    """Return ``weights.T @ terms``, summed term by term in a fixed order."""
    total = terms.new_zeros((weights.shape[1], terms.shape[1]))
    for weight, term in zip(weights, terms, strict=True):
        total += weight[:, None] * term
    return total


def _multiply_by_support(
    inverses: Tensor, which: Tensor, projections: Tensor
) -> Tensor:
    """Multiply each row by the inverse of its own support."""
    total = torch.zeros_like(projections)
    for inverse_row, projection in zip(inverses, projections, strict=True):
        total += inverse_row[:, which] * projection
    return total


def _distinct_supports(support: Tensor) -> tuple[Tensor, Tensor]:
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


def _invert_by_sweeps(gram: Tensor, support: Tensor) -> Tensor:
    """Return the inverse of ``gram`` on each support, zero elsewhere."""
    swept = torch.where(support[:, None] & support, gram[:, :, None], 0.0)
    for component, norm in enumerate(gram.diagonal()):
        pivot = swept[component, component].clone()
        independent = support[component] & (pivot > _DEPENDENCE_TOL * norm)
        reciprocal = torch.where(independent, pivot.reciprocal(), 0.0)
        column = swept[component].clone()
        row = column * reciprocal
        swept -= column[:, None] * row
        swept[component] = row
        swept[:, component] = row
        swept[component, component] = -reciprocal
    return swept.neg_()
