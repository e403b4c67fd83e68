"""What a selection of factors rests on, read from loadings and labels once."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array, check_consistent_length

from sklearn_microarch._numbers import check_number
from sklearn_microarch.selection._activity import Activity, pack_activity
from sklearn_microarch.selection._counts import count_activity
from sklearn_microarch.selection._regions import encode_regions
from sklearn_microarch.selection._summary import count_covered, mean_overlap


@dataclass(frozen=True, eq=False)
class Evidence:
    """Coverage, leakage and activity: nothing here depends on the price of leakage.

    Parameters
    ----------
    rois : ndarray of shape (n_regions,)
        Sorted labels of the regions.
    codes : ndarray of shape (n_samples,)
        Index of each sample's region, ``n_regions`` where it has none.
    coverage, leakage : ndarray of shape (n_factors, n_regions)
        In samples, or in shares when normalized.
    inside, outside : ndarray of shape (n_factors, n_regions)
        Share of the region's samples, and of those outside it, that are active.
    activity : Activity
        Where factors are active.
    count_unannotated : bool
        Whether samples of no region are counted.
    """

    rois: NDArray
    codes: NDArray[np.unsignedinteger]
    coverage: NDArray[np.float64]
    leakage: NDArray[np.float64]
    inside: NDArray[np.float64]
    outside: NDArray[np.float64]
    activity: Activity
    count_unannotated: bool
    _summaries: dict[bytes, tuple[float, float]] = field(
        default_factory=dict, repr=False
    )

    def summarize(self, support: NDArray[np.bool_]) -> tuple[float, float]:
        """Return redundancy and joint coverage of some factors.

        Each set of factors is looked at once: neighbouring prices choose the same.

        Parameters
        ----------
        support : ndarray of shape (n_factors,), dtype bool
            Mask of the factors.

        Returns
        -------
        redundancy, joint_coverage : float
        """
        key = support.tobytes()
        if key not in self._summaries:
            factors = np.flatnonzero(support)
            is_annotated = self.codes < len(self.rois)
            annotated = self.activity.only_at(is_annotated)
            counted = self.activity if self.count_unannotated else annotated
            self._summaries[key] = (
                mean_overlap(counted, factors),
                count_covered(annotated, factors) / np.count_nonzero(is_annotated),
            )
        return self._summaries[key]


def gather_evidence(
    loadings: ArrayLike,
    labels: ArrayLike,
    *,
    normalize: bool,
    threshold: float,
    count_unannotated: bool,
    unannotated: int | str | None,
    name: str = "loadings",
    whom: str = "select_factors, loadings",
) -> Evidence:
    """Check loadings and labels, and count where factors are active.

    Parameters
    ----------
    loadings, labels, normalize, threshold, count_unannotated, unannotated
        As for `select_factors`.
    name, whom : str
        What error messages call the loadings, and the caller.

    Returns
    -------
    evidence : Evidence

    Raises
    ------
    TypeError
        If ``threshold`` is no number, or ``labels`` mix types.
    ValueError
        If ``loadings`` are negative or not finite, no sample is annotated, or
        ``threshold`` is out of range.
    """
    check_number("threshold", threshold)
    # Whether they are finite is seen in the pass that compares them.
    checked = check_array(
        loadings, dtype="numeric", ensure_all_finite=False, input_name=name
    )
    codes, rois = encode_regions(labels, unannotated)
    check_consistent_length(checked, codes)
    activity = pack_activity(checked, threshold, name=name, whom=whom)
    counts = count_activity(activity, codes, n_regions=len(rois))
    coverage, leakage = counts.coverage_and_leakage(
        normalize=normalize, count_unannotated=count_unannotated
    )
    inside, outside = counts.coverage_and_leakage(
        normalize=True, count_unannotated=count_unannotated
    )
    return Evidence(
        rois=rois,
        codes=codes,
        coverage=coverage,
        leakage=leakage,
        inside=inside,
        outside=outside,
        activity=activity,
        count_unannotated=count_unannotated,
    )
