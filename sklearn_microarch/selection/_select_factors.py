"""Choose the factors that match regions best: one pure function."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_option,
    shown,
)
from sklearn_microarch.selection._evidence import (
    Evidence,
    gather_evidence,
)
from sklearn_microarch.selection._match_regions import match_greedily, match_optimally
from sklearn_microarch.selection._unmatched import (
    find_unmatched_regions,
    warn_of_unmatched_regions,
)

Assignment = Literal["greedy", "optimal"]

# Scores stay finite, whatever the number of samples.
HIGHEST_LAM = 1e100

_MATCHERS = {"greedy": match_greedily, "optimal": match_optimally}


@dataclass(frozen=True, eq=False)
class FactorSelection:
    """The factors chosen, the regions they stand for, and the scores behind it.

    Parameters
    ----------
    rois : ndarray of shape (n_regions,)
        Sorted labels of the regions.
    coverage, leakage, scores : ndarray of shape (n_factors, n_regions)
        Coverage, leakage, and coverage less ``lam`` times leakage; in samples,
        or in shares when normalized.
    support : ndarray of shape (n_factors,), dtype bool
        Mask of the chosen factors.
    ranking : ndarray of shape (n_factors,)
        1 for the factor chosen first, ``n_selected + 1`` for those not chosen.
    matched_rois : ndarray of shape (n_selected,)
        Region of each chosen factor, in the order of the factors.
    redundancy : float
        Mean Jaccard index of the chosen factors' active samples, from 0 to 1.
    joint_coverage : float
        Share of the annotated samples where a chosen factor is active.
    unmatched_regions : dict of int or str to str
        Regions whose factor is active in no larger share of them than of the rest,
        each with the shares in words.

    Examples
    --------
    >>> from sklearn_microarch.selection import select_factors
    >>> loadings = [[1.0, 0.0], [1.0, 0.0], [1.0, 2.0], [1.0, 3.0]]
    >>> selection = select_factors(loadings, ["", "", "VP", "VP"], unannotated="")
    >>> selection.coverage.tolist(), selection.leakage.tolist()
    ([[2.0], [2.0]], [[2.0], [0.0]])
    >>> selection.ranking.tolist(), selection.unmatched_regions
    ([2, 1], {})
    """

    rois: NDArray
    coverage: NDArray[np.float64]
    leakage: NDArray[np.float64]
    scores: NDArray[np.float64]
    support: NDArray[np.bool_]
    ranking: NDArray[np.int64]
    matched_rois: NDArray
    redundancy: float
    joint_coverage: float
    unmatched_regions: dict[int | str, str]


def select_factors(
    loadings: ArrayLike,
    labels: ArrayLike,
    *,
    n_features_to_select: int | None = None,
    lam: float = 0.5,
    assignment: Assignment = "greedy",
    normalize: bool = False,
    threshold: float = 0.0,
    count_unannotated: bool = True,
    unannotated: int | str | None = None,
) -> FactorSelection:
    """Match factors with regions by coverage and leakage.

    The same as fitting a `CoverageLeakageSelector`, whose documentation gives
    the equations.

    Parameters
    ----------
    loadings : array-like of shape (n_samples, n_factors)
        Finite, non-negative.
    labels : array-like of shape (n_samples,)
        Region of each sample: integers or strings.
    n_features_to_select : int or None, default=None
        Number of factors. None: ``min(n_factors, n_regions)``.
    lam : float, default=0.5
        Price of leakage, in coverage.
    assignment : {"greedy", "optimal"}, default="greedy"
        Best pair first, as published, or largest summed score.
    normalize : bool, default=False
        Whether to divide coverage and leakage by the areas inside and outside.
    threshold : float, default=0.0
        Loading above which a factor is active, in the unit of ``loadings``.
    count_unannotated : bool, default=True
        Whether unannotated samples count as leakage.
    unannotated : int, str or None, default=None
        Label of unannotated samples. None: every label is a region.

    Returns
    -------
    selection : FactorSelection
        The chosen factors and their regions, with all scores.

    Raises
    ------
    TypeError
        If a parameter has the wrong type, or ``labels`` mix types.
    ValueError
        If ``loadings`` are negative or not finite, no sample is annotated, or
        a parameter is out of range.

    Warns
    -----
    UnmatchedRegionsWarning
        If the factor chosen for a region is active in no larger share of it than
        of the rest.

    See Also
    --------
    lam_path : The same for many prices of leakage, from one pass over the samples.

    Examples
    --------
    >>> from sklearn_microarch.selection import select_factors
    >>> loadings = [[1.0, 0.0], [1.0, 0.0], [1.0, 2.0], [1.0, 3.0]]
    >>> selection = select_factors(loadings, ["", "", "VP", "VP"], unannotated="")
    >>> selection.support.tolist(), selection.matched_rois.tolist()
    ([False, True], ['VP'])
    """
    check_lam("lam", lam)
    check_assignment(assignment)
    evidence = gather_evidence(
        loadings,
        labels,
        normalize=normalize,
        threshold=threshold,
        count_unannotated=count_unannotated,
        unannotated=unannotated,
    )
    selection = choose_factors(
        evidence,
        n_features_to_select=n_features_to_select,
        lam=lam,
        assignment=assignment,
    )
    warn_of_unmatched_regions(
        selection.unmatched_regions,
        normalize=normalize,
        attribute="unmatched_regions",
    )
    return selection


def choose_factors(
    evidence: Evidence,
    *,
    n_features_to_select: int | None,
    lam: float,
    assignment: Assignment,
) -> FactorSelection:
    """Match factors with regions, given all that was counted."""
    n_factors, n_regions = evidence.coverage.shape
    n_selected = _resolve_n_selected(n_features_to_select, n_factors, n_regions)
    scores = evidence.coverage - lam * evidence.leakage
    factors, columns = _MATCHERS[assignment](scores, n_selected)
    ranking = np.full(n_factors, n_selected + 1)
    ranking[factors] = np.arange(1, n_selected + 1)
    support = ranking <= n_selected
    matched_rois = evidence.rois[columns[np.argsort(factors)]]
    redundancy, joint_coverage = evidence.summarize(support)
    return FactorSelection(
        rois=evidence.rois,
        coverage=evidence.coverage,
        leakage=evidence.leakage,
        scores=scores,
        support=support,
        ranking=ranking,
        matched_rois=matched_rois,
        redundancy=redundancy,
        joint_coverage=joint_coverage,
        unmatched_regions=find_unmatched_regions(evidence, support, matched_rois),
    )


def check_lam(name: str, lam: float) -> None:
    """Raise for a price that is no number from 0 to `HIGHEST_LAM`."""
    if check_number(name, lam) > HIGHEST_LAM:
        raise ValueError(f"{name}={shown(lam)} must be at most {HIGHEST_LAM:g}.")


def check_assignment(assignment: str) -> None:
    """Raise a ValueError for an unknown way to match."""
    check_option("assignment", assignment, _MATCHERS)


def _resolve_n_selected(requested: int | None, n_factors: int, n_regions: int) -> int:
    limit = min(n_factors, n_regions)
    if requested is None:
        return limit
    number = check_integer("n_features_to_select", requested, minimum=1)
    if number > limit:
        raise ValueError(
            f"n_features_to_select={number} must be at least 1 and at most "
            f"min(n_factors={n_factors}, n_regions={n_regions}) = {limit}: each factor "
            "is matched with a region of its own."
        )
    return number
