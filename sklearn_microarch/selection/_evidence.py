"""What a selection of factors rests on, read from loadings and labels once."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import code_labels
from sklearn_microarch._arguments._arrays import check_same_length
from sklearn_microarch._arguments._matrix import check_matrix
from sklearn_microarch._arguments._numbers import check_number, check_switch
from sklearn_microarch.selection._activity import Activity, pack_activity
from sklearn_microarch.selection._counts import count_activity
from sklearn_microarch.selection._summary import count_covered, mean_overlap


@dataclass(frozen=True, eq=False)
class Evidence:
    """Coverage, leakage and activity: nothing here depends on the price of leakage."""

    rois: NDArray  # (n_regions,), sorted
    codes: NDArray[np.unsignedinteger]  # (n_samples,), n_regions for no region
    # (n_factors, n_regions), in samples, or in shares when normalized
    coverage: NDArray[np.float64]
    leakage: NDArray[np.float64]
    # (n_factors, n_regions), active shares of the samples inside and outside a region
    inside: NDArray[np.float64]
    outside: NDArray[np.float64]
    activity: Activity
    count_unannotated: bool  # whether samples of no region are counted
    _summaries: dict[bytes, tuple[float, float]] = field(
        default_factory=dict, repr=False
    )

    def summarize(self, support: NDArray[np.bool_]) -> tuple[float, float]:
        """Return redundancy and joint coverage of the factors in a mask (n_factors,).

        Each set of factors is looked at once: neighbouring prices choose the same.
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
    names: tuple[str, str] = ("loadings", "labels"),
    whom: str = "select_factors, loadings",
) -> Evidence:
    """Check loadings and labels, and count where factors are active.

    Errors call the two arguments by their `names`, and the caller `whom`.
    """
    threshold = check_number("threshold", threshold)
    normalize = check_switch("normalize", normalize)
    count_unannotated = check_switch("count_unannotated", count_unannotated)
    name, labels_name = names
    # Whether they are finite is seen in the pass that compares them.
    checked = check_matrix(name, loadings, dtype="numeric", ensure_all_finite=False)
    coded = code_labels(labels, unannotated=unannotated, name=labels_name)
    codes, rois = coded.codes, coded.regions
    check_same_length(**{name: checked, labels_name: codes})
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
