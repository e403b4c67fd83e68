"""How well tissue of no known region is told as unknown."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import roc_auc_score

from sklearn_microarch._annotation import check_roi_labels
from sklearn_microarch._arguments._arrays import (
    as_array,
    as_numbers,
    check_same_length,
)
from sklearn_microarch._format_table import decimals, format_table


@dataclass(frozen=True)
class NoveltyReport:
    """How well unknown tissue is told from known tissue by its novelty.

    Parameters
    ----------
    auroc : float
        Probability that a row of unknown tissue has a higher novelty than a row of
        known tissue: 0.5 by chance, 1 where every one has.
    known_share, unknown_share : float
        Share of the rows called unknown, above 1: of known tissue, where they are
        false alarms, and of unknown tissue.
    n_known, n_unknown : int
        Rows.
    looks_like : dict of (int or str) to float
        Share of the unknown rows whose nearest region each is, largest first; empty
        where nearest regions were not given.
    auroc_of_region : dict of (int or str) to float
        ``auroc`` against the known rows of each region alone: low where tissue is
        unknown that looks like it. Of the regions in ``looks_like`` that have known
        rows.

    Examples
    --------
    >>> from sklearn_microarch.metrics import novelty_report
    >>> known = [True, True, True, False, False, False]
    >>> report = novelty_report([0.4, 0.7, 1.1, 0.9, 1.8, 2.4], known)
    >>> round(report.auroc, 3), round(report.unknown_share, 3)
    (0.889, 0.667)
    """

    auroc: float
    known_share: float
    unknown_share: float
    n_known: int
    n_unknown: int
    looks_like: dict[int | str, float]
    auroc_of_region: dict[int | str, float]

    def to_rows(self) -> list[dict[str, Any]]:
        """Return what the unknown tissue looks like as a tidy table.

        Returns
        -------
        rows : list of dict
            One for each region in ``looks_like``.
        """
        return [
            {
                "region": region,
                "nearest": share,
                "auroc": self.auroc_of_region.get(region, np.nan),
            }
            for region, share in self.looks_like.items()
        ]

    def __str__(self) -> str:
        said = (
            f"AUROC {decimals(self.auroc)}; called unknown: {self.unknown_share:.1%} "
            f"of {self.n_unknown} unknown rows, {self.known_share:.1%} of "
            f"{self.n_known} known rows"
        )
        table = [
            {
                "looks like": str(row["region"]),
                "unknown rows": f"{row['nearest']:.1%}",
                "AUROC against it": decimals(row["auroc"]),
            }
            for row in self.to_rows()
        ]
        return f"{said}\n{format_table(table)}" if table else said


def novelty_report(
    novelty: ArrayLike, known: ArrayLike, *, nearest: ArrayLike | None = None
) -> NoveltyReport:
    """Judge how well unknown tissue is told from known tissue.

    Parameters
    ----------
    novelty : array-like of shape (n,)
        Of each row, such as `CNNFeatureExtractor.novelty` gives it: above 1 is called
        unknown.
    known : array-like of shape (n,), dtype bool
        True for tissue of the regions that were trained on, False for other tissue.
        Rows that show neither for sure are best left out.
    nearest : array-like of shape (n,) or None, default=None
        Region that each row is taken for, such as ``extractor.predict`` gives it; of
        known rows it should be their own. Then the report tells which regions the
        unknown tissue looks like.

    Returns
    -------
    report : NoveltyReport
        ``print`` shows it as text.

    Raises
    ------
    TypeError
        If ``novelty`` holds no real numbers, ``known`` no booleans, or ``nearest``
        mixes names and numbers.
    ValueError
        If lengths differ, values are not finite, or there are no known or no
        unknown rows.

    See Also
    --------
    sklearn_microarch.model_selection.leave_one_region_out : Withholds each region.

    References
    ----------
    .. [1] D. Hendrycks and K. Gimpel, "A baseline for detecting misclassified and
       out-of-distribution examples in neural networks", ICLR, 2017.
       https://arxiv.org/abs/1610.02136

    Examples
    --------
    >>> from sklearn_microarch.metrics import novelty_report
    >>> novelty = [0.4, 0.7, 1.1, 0.9, 1.8, 2.4]
    >>> known = [True, True, True, False, False, False]
    >>> nearest = ["CTX", "ZI", "ZI", "ZI", "ZI", "CTX"]
    >>> print(novelty_report(novelty, known, nearest=nearest))
    AUROC 0.889; called unknown: 66.7% of 3 unknown rows, 33.3% of 3 known rows
    looks like  unknown rows  AUROC against it
    ZI          66.7%         0.833
    CTX         33.3%         1.000
    """
    values = as_numbers("novelty", novelty)
    is_known = as_array("known", known)
    if is_known.dtype != bool:
        raise TypeError(
            f"known has dtype {is_known.dtype}; it must hold True or False for each "
            "row, such as labels != 'TRN'."
        )
    if is_known.ndim != 1:
        raise ValueError(f"known has shape {is_known.shape}; it must be 1-D.")
    check_same_length(novelty=values, known=is_known)
    n_known = int(is_known.sum())
    if n_known in (0, len(values)):
        raise ValueError(
            f"known holds {n_known} known and {len(values) - n_known} unknown rows; "
            "at least one of each is needed to compare."
        )
    looks_like: dict[int | str, float] = {}
    of_region: dict[int | str, float] = {}
    if nearest is not None:
        taken_for = check_roi_labels(nearest, name="nearest", what="regions")
        check_same_length(novelty=values, nearest=taken_for)
        looks_like = _shares(taken_for[~is_known])
        for region in looks_like:
            against = is_known & (taken_for == region)
            if against.any():
                of_region[region] = _auroc(values[~is_known], values[against])
    return NoveltyReport(
        auroc=_auroc(values[~is_known], values[is_known]),
        known_share=float((values[is_known] > 1).mean()),
        unknown_share=float((values[~is_known] > 1).mean()),
        n_known=n_known,
        n_unknown=len(values) - n_known,
        looks_like=looks_like,
        auroc_of_region=of_region,
    )


def _shares(regions: NDArray) -> dict[int | str, float]:
    """Return the share of rows that each region has, largest first."""
    names, counts = np.unique(regions, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {names[at].item(): float(counts[at] / len(regions)) for at in order.tolist()}


def _auroc(unknown: NDArray, known: NDArray) -> float:
    """Return how often an unknown row has the higher novelty of two."""
    is_unknown = np.repeat([True, False], [len(unknown), len(known)])
    return float(roc_auc_score(is_unknown, np.concatenate([unknown, known])))
