"""Recall, precision and F1 of each region in each specimen."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import check_roi_labels, code_labels
from sklearn_microarch._arguments._arrays import check_same_length
from sklearn_microarch._format_table import decimals, format_table
from sklearn_microarch.metrics._region_scores import RegionScores, region_scores


@dataclass(frozen=True, eq=False)
class SpecimenScores:
    """Scores of each specimen, over the same regions; print it for a table.

    Parameters
    ----------
    specimens : ndarray of shape (n_specimens,)
        Sorted names.
    scores : tuple of RegionScores
        One for each specimen.

    Examples
    --------
    >>> from sklearn_microarch.metrics import scores_by_specimen
    >>> y_true, y_pred = [1, 1, 2, 1, 2, 2], [1, 1, 1, 1, 2, 2]
    >>> scores = scores_by_specimen(y_true, y_pred, ["m1"] * 3 + ["m2"] * 3)
    >>> scores.balanced_accuracy.tolist(), scores.recall.tolist()
    ([0.5, 1.0], [[1.0, 0.0], [1.0, 1.0]])
    """

    specimens: NDArray
    scores: tuple[RegionScores, ...]

    @property
    def regions(self) -> NDArray:
        """Regions that were expected, sorted, of shape (n_regions,)."""
        return self.scores[0].regions

    @property
    def recall(self) -> NDArray[np.float64]:
        """Recalls of shape (n_specimens, n_regions); NaN for a region without rows."""
        return np.array([one.recall for one in self.scores])

    @property
    def balanced_accuracy(self) -> NDArray[np.float64]:
        """Mean recall of the scored regions of each specimen, (n_specimens,)."""
        return np.array([one.balanced_accuracy for one in self.scores])

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table.

        Returns
        -------
        rows : list of dict
            One for each specimen and region, for example for ``pandas.DataFrame``.
        """
        return [
            {"specimen": specimen, **row}
            for specimen, one in zip(self.specimens.tolist(), self.scores, strict=True)
            for row in one.to_rows()
        ]

    def __str__(self) -> str:
        rows = [
            {
                "specimen": f"{specimen}{'' if one.scored.all() else ' *'}",
                "rows": int(one.n_rows.sum()),
                "balanced accuracy": decimals(one.balanced_accuracy),
                **{
                    str(region): decimals(recall)
                    for region, recall in zip(
                        one.regions.tolist(), one.recall.tolist(), strict=True
                    )
                },
            }
            for specimen, one in zip(self.specimens.tolist(), self.scores, strict=True)
        ]
        whole = all(one.scored.all() for one in self.scores)
        note = "\n* lacks rows of a region: the mean is over the others"
        return format_table(rows) + ("" if whole else note)


def scores_by_specimen(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    groups: ArrayLike,
    *,
    regions: ArrayLike | None = None,
    min_rows: int = 1,
    unannotated: int | str | None = None,
) -> SpecimenScores:
    """Score predicted regions, each specimen by itself.

    A mean over pooled rows hides an animal in which a region is not found. Specimens,
    not rows or slices, are what a statement on a species counts.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Region of each row, and what was predicted: integers or strings.
    groups : array-like of shape (n_samples,)
        Specimen of each row, integers or strings, such as `Patches.groups`.
    regions : array-like of shape (n_regions,) or None, default=None
        Regions to expect in each specimen; None takes those of ``y_true``.
    min_rows : int, default=1
        Rows that a region needs in a specimen to be in its mean.
    unannotated : int, str or None, default=None
        Label of rows to leave out.

    Returns
    -------
    scores : SpecimenScores
        Prints as a table of recalls.

    Raises
    ------
    TypeError
        If names are compared with numbers, or ``min_rows`` is no integer.
    ValueError
        If lengths differ, a row is of none of ``regions``, or a specimen has no
        annotated row, or no region of ``min_rows`` rows.

    See Also
    --------
    region_scores : Of all rows together.
    specimen_report : Scores of specimens that were left out of the training.

    Examples
    --------
    >>> from sklearn_microarch.metrics import scores_by_specimen
    >>> y_true = ["CTX", "CTX", "VP", "VP", "CTX", "VP", "VP", ""]
    >>> y_pred = ["CTX", "CTX", "VP", "VP", "VP", "VP", "CTX", "VP"]
    >>> groups = ["mouse 1"] * 4 + ["mouse 2"] * 4
    >>> print(scores_by_specimen(y_true, y_pred, groups, unannotated=""))
    specimen  rows  balanced accuracy  CTX    VP
    mouse 1      4  1.000              1.000  1.000
    mouse 2      3  0.250              0.000  0.500
    """
    coded = code_labels(y_true, regions, unannotated=unannotated, name="y_true")
    predicted = check_roi_labels(y_pred, name="y_pred")
    whose = check_roi_labels(groups, name="groups", what="groups")
    check_same_length(y_true=coded.labels, y_pred=predicted, groups=whose)
    specimens = np.unique(whose)
    scores = []
    for specimen in specimens.tolist():
        own = whose == specimen
        if not coded.annotated[own].any():
            raise ValueError(
                f"groups: specimen {specimen!r} has no annotated row among its "
                f"{int(own.sum())}; leave its rows out."
            )
        scores.append(
            region_scores(
                coded.labels[own],
                predicted[own],
                regions=coded.regions,
                min_rows=min_rows,
                unannotated=unannotated,
            )
        )
    return SpecimenScores(specimens, tuple(scores))
