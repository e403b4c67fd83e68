"""Choose the factors that match regions best: one pure function."""

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.validation import check_non_negative

from sklearn_microarch._annotation import annotated_rows, check_roi_labels
from sklearn_microarch.selection._matching import match_greedily, match_optimally
from sklearn_microarch.selection._scores import score_regions
from sklearn_microarch.selection._summary import mean_overlap, share_covered

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


def select_factors(
    loadings: ArrayLike,
    labels: ArrayLike,
    *,
    n_features_to_select: int | None = None,
    lam: float = 0.5,
    assignment: Literal["greedy", "optimal"] = "greedy",
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

    Examples
    --------
    >>> from sklearn_microarch.selection import select_factors
    >>> loadings = [[1.0, 0.0], [1.0, 0.0], [1.0, 2.0], [1.0, 3.0]]
    >>> selection = select_factors(loadings, ["", "", "VP", "VP"], unannotated="")
    >>> selection.support.tolist(), selection.matched_rois.tolist()
    ([False, True], ['VP'])
    """
    _check_number("lam", lam)
    _check_number("threshold", threshold)
    if assignment not in _MATCHERS:
        raise ValueError(
            f"assignment={assignment!r} must be one of {sorted(_MATCHERS)}."
        )
    active = _active_samples(loadings, threshold)
    codes, rois = _encode_regions(labels, unannotated)
    check_consistent_length(active, codes)
    annotated = codes < len(rois)
    counted = np.full(len(codes), True) if count_unannotated else annotated
    n_selected = _resolve_n_selected(
        n_features_to_select, n_factors=active.shape[1], n_regions=len(rois)
    )

    result = score_regions(
        active[counted],
        codes[counted],
        n_regions=len(rois),
        lam=lam,
        normalize=normalize,
    )
    factors, columns = _MATCHERS[assignment](result.scores, n_selected)

    ranking = np.full(active.shape[1], n_selected + 1)
    ranking[factors] = np.arange(1, n_selected + 1)
    support = ranking <= n_selected
    return FactorSelection(
        rois=rois,
        coverage=result.coverage,
        leakage=result.leakage,
        scores=result.scores,
        support=support,
        ranking=ranking,
        matched_rois=rois[columns[np.argsort(factors)]],
        redundancy=mean_overlap(active[counted][:, support]),
        joint_coverage=share_covered(active[annotated][:, support]),
    )


def _active_samples(loadings: ArrayLike, threshold: float) -> NDArray[np.bool_]:
    """Return where each factor is active, of shape (n_samples, n_factors)."""
    checked: NDArray[np.floating] = check_array(
        loadings, dtype=(np.float64, np.float32), input_name="loadings"
    )
    check_non_negative(checked, whom="select_factors, loadings")
    return checked > threshold


def _encode_regions(
    labels: ArrayLike, unannotated: int | str | None
) -> tuple[NDArray[np.intp], NDArray]:
    """Return region indices, ``len(rois)`` where unannotated, and the regions."""
    checked = check_roi_labels(labels, name="labels")
    annotated = annotated_rows(checked, unannotated)
    if not annotated.any():
        raise ValueError(
            f"The labels y hold only the unannotated label {unannotated!r}; at least "
            "one annotated sample is needed."
        )
    rois, indices = np.unique(checked[annotated], return_inverse=True)
    codes = np.full(len(checked), len(rois), dtype=np.intp)
    codes[annotated] = indices
    return codes, rois


def _check_number(name: str, value: float) -> None:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name}={value!r} must be a number.")
    if not 0.0 <= value < np.inf:
        raise ValueError(f"{name}={value!r} must be finite and at least 0.")


def _resolve_n_selected(requested: int | None, n_factors: int, n_regions: int) -> int:
    limit = min(n_factors, n_regions)
    if requested is None:
        return limit
    if isinstance(requested, bool) or not isinstance(requested, Integral):
        raise TypeError(f"n_features_to_select={requested!r} must be an int or None.")
    if not 1 <= requested <= limit:
        raise ValueError(
            f"n_features_to_select={requested} must be at least 1 and at most "
            f"min(n_factors={n_factors}, n_regions={n_regions}) = {limit}: each factor "
            "is matched with a region of its own."
        )
    return int(requested)
