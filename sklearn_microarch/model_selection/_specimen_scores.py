"""Scores of spatial folds and of specimens left out, side by side."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from sklearn_microarch._format_table import decimals, format_table
from sklearn_microarch.metrics import BlockBootstrap, RegionScores
from sklearn_microarch.metrics._block_bootstrap import FEW_BLOCKS, format_interval

SPATIAL, LEFT_OUT = "spatial folds", "specimens left out"


@dataclass(frozen=True, eq=False)
class FoldScores:
    """What a classifier does on the held-out rows of one fold.

    Parameters
    ----------
    split : {"spatial folds", "specimens left out"}
        What the fold is one of.
    name : str
        Number of the fold, name of the specimen, or "all".
    n_train : int or None
        Rows trained on; None for all folds together.
    scores : RegionScores
        Of the held-out rows, over all regions of the report.
    bootstrap : BlockBootstrap
        Balanced accuracy and recalls of the regions that occur, with intervals.

    Examples
    --------
    >>> from sklearn_microarch.metrics import block_bootstrap, region_scores
    >>> from sklearn_microarch.model_selection import FoldScores
    >>> scores = region_scores([1, 1, 2, 2], [1, 1, 2, 1])
    >>> found = block_bootstrap([1, 1, 1, 0], [1, 1, 2, 2], [0, 1, 2, 3])
    >>> FoldScores("spatial folds", "0", 30, scores, found).to_row()["recall_2"]
    0.5
    """

    split: str
    name: str
    n_train: int | None
    scores: RegionScores
    bootstrap: BlockBootstrap

    def to_row(self) -> dict[str, Any]:
        """Return the figures of the fold.

        Returns
        -------
        row : dict
            Among them ``recall_...`` of each region, NaN where it does not occur.
        """
        recalls = {
            f"recall_{region}": recall
            for region, recall in zip(
                self.scores.regions.tolist(), self.scores.recall.tolist(), strict=True
            )
        }
        return {
            "split": self.split,
            "fold": self.name,
            "n_train": self.n_train,
            "n_test": int(self.scores.n_rows.sum()),
            "balanced_accuracy": self.scores.balanced_accuracy,
            "low": self.bootstrap.low,
            "high": self.bootstrap.high,
            "is_trusted": self.bootstrap.is_trusted,
            **recalls,
        }


@dataclass(frozen=True, eq=False)
class SpecimenReport:
    """Spatial folds and left-out specimens side by side; print it for a table.

    Parameters
    ----------
    spatial : tuple of FoldScores
        Each spatial fold, then all of them together.
    left_out : tuple of FoldScores
        Each specimen left out, then all of them together, whose interval is over
        specimens.
    lost : dict of str to BlockBootstrap
        For each specimen, what is lost on the same rows when it is left out of the
        training: the scores of spatial folds subtracted from those of the specimen
        left out, negative where unseen animals are told worse.
    predicted_spatial, predicted_left_out : ndarray of shape (n_rows,)
        Region predicted for each annotated row when it was held out.
    labels, groups : ndarray of shape (n_rows,)
        Region and specimen of each annotated row.

    Examples
    --------
    See `specimen_report`.

    >>> from sklearn_microarch.model_selection import SpecimenReport
    >>> SpecimenReport((), (), {}, *[[]] * 4).to_rows()
    []
    """

    spatial: tuple[FoldScores, ...]
    left_out: tuple[FoldScores, ...]
    lost: dict[str, BlockBootstrap]
    predicted_spatial: NDArray
    predicted_left_out: NDArray
    labels: NDArray
    groups: NDArray

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table.

        Returns
        -------
        rows : list of dict
            One for each spatial fold and specimen left out, and one for all of each.
        """
        return [fold.to_row() for fold in (*self.spatial, *self.left_out)]

    def __str__(self) -> str:
        folds = [*self.spatial, *self.left_out]
        if not folds:
            return "no folds"
        level = f"{folds[0].bootstrap.confidence_level:.0%} interval"
        lost = [
            {
                "specimen": name,
                "known to unseen": f"{found.estimate:+.3f}",
                level: format_interval(
                    found.low, found.high, is_trusted=found.is_trusted
                ),
            }
            for name, found in self.lost.items()
        ]
        lines = [
            format_table([_as_cells(fold, level) for fold in folds]),
            "columns of regions are recalls; all specimens: interval over specimens",
            "",
            "balanced accuracy on the same rows, when their specimen is unseen",
            format_table(lost),
        ]
        bootstraps = [*(fold.bootstrap for fold in folds), *self.lost.values()]
        if not all(found.is_trusted for found in bootstraps):
            lines.append(
                f"* a region lies in fewer than {FEW_BLOCKS} blocks (or specimens): "
                "not to be trusted"
            )
        return "\n".join(lines)


def _as_cells(fold: FoldScores, level: str) -> dict[str, Any]:
    found = fold.bootstrap
    return {
        "held out": f"{fold.split}: {fold.name}",
        "trained on": "" if fold.n_train is None else str(fold.n_train),
        "tested on": int(fold.scores.n_rows.sum()),
        "balanced accuracy": decimals(fold.scores.balanced_accuracy),
        level: format_interval(found.low, found.high, is_trusted=found.is_trusted),
        **{
            str(region): decimals(recall)
            for region, recall in zip(
                fold.scores.regions.tolist(), fold.scores.recall.tolist(), strict=True
            )
        },
    }
