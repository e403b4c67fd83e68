"""The factors chosen at many prices of leakage, from one count of the samples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch.selection._evidence import gather_evidence
from sklearn_microarch.selection._select_factors import (
    Assignment,
    check_assignment,
    check_lam,
    choose_factors,
)


@dataclass(frozen=True, eq=False)
class LamPath:
    """The selection at each price of leakage, along the first axis.

    Parameters
    ----------
    lams : ndarray of shape (n_lams,)
        Prices of leakage, in the order asked for.
    rois : ndarray of shape (n_regions,)
        Sorted labels of the regions.
    coverage, leakage : ndarray of shape (n_factors, n_regions)
        Coverage and leakage, in samples, or in shares when normalized.
    scores : ndarray of shape (n_lams, n_factors, n_regions)
        ``coverage - lam * leakage``.
    support : ndarray of shape (n_lams, n_factors), dtype bool
        Mask of the chosen factors.
    ranking : ndarray of shape (n_lams, n_factors)
        1 for the factor chosen first, ``n_selected + 1`` for those not chosen.
    matched_rois : ndarray of shape (n_lams, n_selected)
        Region of each chosen factor, in the order of the factors.
    redundancy, joint_coverage : ndarray of shape (n_lams,)
        Mean Jaccard index of the chosen factors' active samples, and share of the
        annotated samples where a chosen factor is active.

    Examples
    --------
    >>> from sklearn_microarch.selection import lam_path
    >>> loadings = [[1, 1], [1, 1], [1, 1], [1, 0], [1, 0], [1, 0]]
    >>> path = lam_path(loadings, ["VP"] * 4 + [""] * 2, [0.0, 1.0], unannotated="")
    >>> path.ranking.tolist(), path.joint_coverage.tolist()
    ([[1, 2], [2, 1]], [1.0, 0.75])
    """

    lams: NDArray[np.float64]
    rois: NDArray
    coverage: NDArray[np.float64]
    leakage: NDArray[np.float64]
    scores: NDArray[np.float64]
    support: NDArray[np.bool_]
    ranking: NDArray[np.int64]
    matched_rois: NDArray
    redundancy: NDArray[np.float64]
    joint_coverage: NDArray[np.float64]


def lam_path(
    loadings: ArrayLike,
    labels: ArrayLike,
    lams: ArrayLike,
    *,
    n_features_to_select: int | None = None,
    assignment: Assignment = "greedy",
    normalize: bool = False,
    threshold: float = 0.0,
    count_unannotated: bool = True,
    unannotated: int | str | None = None,
) -> LamPath:
    """Select factors at many prices of leakage, reading the samples once.

    Coverage and leakage do not depend on the price. Each price gives what
    `select_factors` gives.

    Parameters
    ----------
    loadings : array-like of shape (n_samples, n_factors)
        Finite, non-negative.
    labels : array-like of shape (n_samples,)
        Region of each sample: integers or strings.
    lams : array-like of shape (n_lams,)
        Prices of leakage, in coverage; at least one.
    n_features_to_select : int or None, default=None
        Number of factors. None: ``min(n_factors, n_regions)``.
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
    path : LamPath
        The selections, with all scores.

    Raises
    ------
    TypeError
        If a parameter has the wrong type, or ``labels`` mix types.
    ValueError
        If ``loadings`` are negative or not finite, no sample is annotated,
        ``lams`` are not 1-D, or a parameter is out of range.

    See Also
    --------
    select_factors : The selection at one price.

    Examples
    --------
    Factor 0 covers all of the region and leaks; factor 1 misses a sample.

    >>> from sklearn_microarch.selection import lam_path
    >>> loadings = [[1, 1], [1, 1], [1, 1], [1, 0], [1, 0], [1, 0]]
    >>> labels = ["VP", "VP", "VP", "VP", "", ""]
    >>> path = lam_path(loadings, labels, [0.0, 1.0], unannotated="")
    >>> path.support.tolist()
    [[True, False], [False, True]]
    >>> path.scores[:, :, 0].tolist()
    [[4.0, 3.0], [2.0, 3.0]]
    """
    prices = as_array("lams", lams)
    if prices.ndim != 1 or not len(prices):
        raise ValueError(
            f"lams has shape {prices.shape}; one row of at least one price is needed. "
            "For a single one pass [lam]."
        )
    for index, lam in enumerate(prices.tolist()):
        check_lam(f"lams[{index}]", lam)
    check_assignment(assignment)
    evidence = gather_evidence(
        loadings,
        labels,
        normalize=normalize,
        threshold=threshold,
        count_unannotated=count_unannotated,
        unannotated=unannotated,
    )
    selections = [
        choose_factors(
            evidence,
            n_features_to_select=n_features_to_select,
            lam=lam,
            assignment=assignment,
        )
        for lam in prices.tolist()
    ]
    return LamPath(
        lams=prices.astype(np.float64),
        rois=evidence.rois,
        coverage=evidence.coverage,
        leakage=evidence.leakage,
        scores=np.stack([selection.scores for selection in selections]),
        support=np.stack([selection.support for selection in selections]),
        ranking=np.stack([selection.ranking for selection in selections]),
        matched_rois=np.stack([selection.matched_rois for selection in selections]),
        redundancy=np.array([selection.redundancy for selection in selections]),
        joint_coverage=np.array([selection.joint_coverage for selection in selections]),
    )
