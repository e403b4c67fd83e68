"""How many rows of each region every split trains on, tests on and leaves out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._format_table import format_table


@dataclass(frozen=True)
class FoldReport:
    """How many rows of one region a fold trains on, tests on and leaves out.

    Parameters
    ----------
    fold : int
        Number of the fold, from 0.
    region : int or str
        Region, as in ``y``.
    n_train, n_test, n_dropped : int
        Rows; dropped ones are not separate from a test patch.
    kept_share : float
        Share of the rows outside the test set that are trained on.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches, SpatialBlockKFold
    >>> centres = [[20, col] for col in range(10, 90, 10)]
    >>> patches = Patches(np.zeros((40, 100)), centres, 16)
    >>> SpatialBlockKFold(2).report(patches, ["CTX"] * 8)[0]
    FoldReport(fold=0, region='CTX', n_train=3, n_test=4, n_dropped=1, kept_share=0.75)
    """

    fold: int
    region: int | str
    n_train: int
    n_test: int
    n_dropped: int
    kept_share: float


class SplitReport(tuple[FoldReport, ...]):
    """One `FoldReport` for each fold and region; printed as a table.

    ``pandas.DataFrame(report)`` has one row for each of them.

    Parameters
    ----------
    iterable : iterable of FoldReport
        The reports, by fold and then by region.

    Examples
    --------
    >>> from sklearn_microarch.model_selection import FoldReport, SplitReport
    >>> cortex, thalamus = (0, "CTX", 30, 50, 20, 0.6), (0, "VP", 9, 8, 0, 1.0)
    >>> print(SplitReport([FoldReport(*cortex), FoldReport(*thalamus)]))
    rows trained on + tested on (share kept of the rows not tested on)
    region  fold 0
    CTX     30 + 50 (60%)
    VP      9 + 8 (100%)
    """

    __slots__ = ()

    def __str__(self) -> str:
        table: dict[int | str, dict[str, int | str]] = {}
        for each in self:
            row = table.setdefault(each.region, {"region": str(each.region)})
            kept = f"{each.n_train} + {each.n_test} ({each.kept_share:.0%})"
            row[f"fold {each.fold}"] = kept
        title = "rows trained on + tested on (share kept of the rows not tested on)"
        return f"{title}\n{format_table(list(table.values()))}" if table else title


def report_splits(
    labels: NDArray, folds: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> SplitReport:
    """Count the rows of each region, of labels (n,), in every fold of row indices."""
    regions, codes, totals = np.unique(labels, return_inverse=True, return_counts=True)
    reports = []
    for fold, (train, test) in enumerate(folds):
        n_train = np.bincount(codes[train], minlength=len(regions))
        n_test = np.bincount(codes[test], minlength=len(regions))
        kept = n_train / np.maximum(1, totals - n_test)
        columns = (n_train, n_test, totals - n_train - n_test, kept)
        rows = zip(
            regions.tolist(), *(column.tolist() for column in columns), strict=True
        )
        reports += [FoldReport(fold, *row) for row in rows]
    return SplitReport(reports)
