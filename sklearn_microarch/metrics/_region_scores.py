"""Recall, precision and F1 of each region, and their means over the regions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import code_labels
from sklearn_microarch._arguments._numbers import check_integer
from sklearn_microarch._format_table import decimals, format_table


@dataclass(frozen=True, eq=False)
class RegionScores:
    r"""Counts of right and wrong rows by region, and the scores they give.

    With :math:`n` rows of a region, :math:`m` rows predicted as it and :math:`t`
    of both kinds,

    .. math:: \text{recall} = t / n, \quad \text{precision} = t / m, \quad
              F_1 = 2 t / (n + m) .

    Parameters
    ----------
    regions : ndarray of shape (n_regions,)
        Regions that were expected, sorted.
    n_rows, n_predicted, n_correct : ndarray of shape (n_regions,), dtype int64
        Rows of each region, rows predicted as it, and rows that are both.
    min_rows : int
        Regions with fewer rows are in no mean.

    Examples
    --------
    >>> from sklearn_microarch.metrics import region_scores
    >>> scores = region_scores([1, 1, 1, 2], [1, 1, 2, 2])
    >>> scores.n_rows.tolist(), scores.n_correct.tolist()
    ([3, 1], [2, 1])
    >>> round(scores.balanced_accuracy, 3), round(scores.macro_f1, 3)
    (0.833, 0.733)
    """

    regions: NDArray
    n_rows: NDArray[np.int64]
    n_predicted: NDArray[np.int64]
    n_correct: NDArray[np.int64]
    min_rows: int = 1

    @property
    def recall(self) -> NDArray[np.float64]:
        """Share of each region's rows that are predicted as it; NaN without rows."""
        return _ratio(self.n_correct, self.n_rows)

    @property
    def precision(self) -> NDArray[np.float64]:
        """Share of the rows predicted as a region that are of it; NaN without any."""
        return _ratio(self.n_correct, self.n_predicted)

    @property
    def f1(self) -> NDArray[np.float64]:
        """Harmonic mean of recall and precision; NaN without rows of the region."""
        total = np.where(self.n_rows > 0, self.n_rows + self.n_predicted, 0)
        return _ratio(2 * self.n_correct, total)

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Which regions have enough rows to be in the means."""
        return self.n_rows >= self.min_rows

    @property
    def balanced_accuracy(self) -> float:
        """Mean recall of the scored regions."""
        return float(self.recall[self.scored].mean())

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the scored regions."""
        return float(self.f1[self.scored].mean())

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table.

        Returns
        -------
        rows : list of dict
            One for each region, for example for ``pandas.DataFrame``.
        """
        return [
            {
                "region": region,
                "n_rows": int(self.n_rows[at]),
                "n_predicted": int(self.n_predicted[at]),
                "recall": float(self.recall[at]),
                "precision": float(self.precision[at]),
                "f1": float(self.f1[at]),
                "scored": bool(self.scored[at]),
            }
            for at, region in enumerate(self.regions.tolist())
        ]

    def __str__(self) -> str:
        table = [
            {
                "region": f"{row['region']}{'' if row['scored'] else ' *'}",
                "rows": row["n_rows"],
                "recall": decimals(row["recall"]),
                "precision": decimals(row["precision"]),
                "F1": decimals(row["f1"]),
            }
            for row in self.to_rows()
        ]
        mean = {
            "region": "mean",
            "rows": int(self.n_rows.sum()),
            "recall": decimals(self.balanced_accuracy),
            "F1": decimals(self.macro_f1),
        }
        note = f"\n* fewer than {self.min_rows} rows: not in the mean"
        return format_table([*table, mean]) + ("" if self.scored.all() else note)


def region_scores(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    regions: ArrayLike | None = None,
    min_rows: int = 1,
    unannotated: int | str | None = None,
) -> RegionScores:
    """Score predicted regions, each region by itself.

    Rows should be drawn uniformly from the labelled pixels, as
    `evaluation_centres` gives them: then a recall is the share of the region's
    area that is right, and regions are weighted in the mean only.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Region of each row, and what was predicted: integers or strings.
    regions : array-like of shape (n_regions,) or None, default=None
        Regions to expect; None takes those of ``y_true``. A predicted label
        that is none of them counts as wrong, and is no region of its own.
    min_rows : int, default=1
        Rows a region needs to be in the means.
    unannotated : int, str or None, default=None
        Label of rows to leave out.

    Returns
    -------
    scores : RegionScores
        Prints as a table.

    Raises
    ------
    TypeError
        If names are compared with numbers, or ``min_rows`` is no integer.
    ValueError
        If lengths differ, no row is annotated, a row is of none of ``regions``,
        ``min_rows`` is less than 1, or no region has ``min_rows`` rows.

    Examples
    --------
    >>> from sklearn_microarch.metrics import region_scores
    >>> y_true = ["CTX", "CTX", "CTX", "VP", "VP", ""]
    >>> y_pred = ["CTX", "CTX", "VP", "VP", "VP", "VP"]
    >>> print(region_scores(y_true, y_pred, unannotated=""))
    region  rows  recall  precision  F1
    CTX        3  0.667   1.000      0.800
    VP         2  1.000   0.667      0.800
    mean       5  0.833   -          0.800
    """
    min_rows = check_integer("min_rows", min_rows, minimum=1)
    coded = code_labels(y_true, regions, unannotated=unannotated, name="y_true")
    predicted = coded.code(y_pred, name="y_pred")
    n_rows, n_regions = coded.count(), len(coded.regions)
    if n_rows.max() < min_rows:
        raise ValueError(
            f"min_rows={min_rows} is more than the {n_rows.max()} rows of the largest "
            "region, so that none can be scored."
        )
    codes = coded.region_codes
    right = codes[predicted == codes]
    return RegionScores(
        regions=coded.regions,
        n_rows=n_rows,
        n_predicted=np.bincount(predicted, minlength=n_regions + 1)[:n_regions],
        n_correct=np.bincount(right, minlength=n_regions),
        min_rows=min_rows,
    )


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return shares (n_regions,), NaN where the whole is nothing."""
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
