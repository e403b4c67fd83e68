"""What a classifier does on held-out patches, as figures and as a table."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.model_selection._block_bootstrap import block_bootstrap
from sklearn_microarch.model_selection._bootstrap_result import (
    FEW_BLOCKS,
    BlockBootstrap,
    format_interval,
)
from sklearn_microarch.model_selection._border_curve import BorderCurve
from sklearn_microarch.model_selection._decimals import decimals
from sklearn_microarch.model_selection._format_table import format_table
from sklearn_microarch.model_selection._region_scores import RegionScores
from sklearn_microarch.model_selection._reliability import Calibration
from sklearn_microarch.model_selection._slice_blocks import SliceBlocks


@dataclass(frozen=True, eq=False)
class RegionReport:
    """What a classifier does on held-out patches; print it for a table.

    Parameters
    ----------
    scores : RegionScores
        Rows, recall, precision and F1 of each region.
    bootstrap : BlockBootstrap
        Balanced accuracy and recalls with their intervals, and blocks by region.
    n_independent : ndarray of shape (n_regions,), dtype int
        Patches of each region that share no pixel with each other.
    border : BorderCurve or None
        Recalls by distance to the border; None without ROI maps.
    calibration : Calibration
        Every region weighs the same.
    labels, predicted : ndarray of shape (n_rows,)
        Region of each annotated row, and what was predicted.
    positions : ndarray of shape (n_rows, 3), dtype int
        Image, row and column of each annotated row.
    blocks : SliceBlocks
        Block of each annotated row.
    """

    scores: RegionScores
    bootstrap: BlockBootstrap
    n_independent: NDArray[np.intp]
    border: BorderCurve | None
    calibration: Calibration
    labels: NDArray
    predicted: NDArray
    positions: NDArray[np.integer]
    blocks: SliceBlocks

    def lead_over(
        self,
        other: "RegionReport",
        *,
        n_resamples: int = 2000,
        confidence_level: float = 0.95,
        random_state: int | RandomState | None = 0,
    ) -> BlockBootstrap:
        """Difference in balanced accuracy to another classifier, with its interval.

        Parameters
        ----------
        other : RegionReport
            Of the other classifier on the same patches.
        n_resamples : int, default=2000
            Times the blocks are drawn.
        confidence_level : float, default=0.95
            Of the interval.
        random_state : int, RandomState instance or None, default=0
            Draws the blocks.

        Returns
        -------
        lead : BlockBootstrap
            Positive where this classifier is better; of each region too.

        Raises
        ------
        ValueError
            If the other report is of other rows.
        """
        same = np.array_equal(self.positions, other.positions)
        if not same or not np.array_equal(self.labels, other.labels):
            raise ValueError(
                f"other is a report on {len(other.labels)} other rows; report both "
                "classifiers on the same patches and labels, in the same order."
            )
        return block_bootstrap(
            self.predicted == self.labels,
            self.labels,
            self.blocks,
            against=other.predicted == other.labels,
            n_resamples=n_resamples,
            confidence_level=confidence_level,
            random_state=random_state,
        )

    def summary(self) -> dict[str, float]:
        """Return the figures of all regions together.

        Returns
        -------
        figures : dict of str to float
            Names and values, for example as one row of a table of classifiers.
        """
        return {
            "balanced_accuracy": self.scores.balanced_accuracy,
            "balanced_accuracy_low": self.bootstrap.low,
            "balanced_accuracy_high": self.bootstrap.high,
            "macro_f1": self.scores.macro_f1,
            "expected_calibration_error": self.calibration.expected_error,
            "brier_score": self.calibration.brier_score,
            "log_loss": self.calibration.log_loss,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table; those of ``border`` and ``calibration`` go on.

        Returns
        -------
        rows : list of dict
            One for each region, those without rows included.
        """
        found = {row["region"]: row for row in self.bootstrap.to_rows()[:-1]}
        absent = {"n_blocks": 0, "low": np.nan, "high": np.nan, "is_trusted": False}
        rows = []
        for row, independent in zip(
            self.scores.to_rows(), self.n_independent.tolist(), strict=True
        ):
            interval = found.get(row["region"], absent)
            rows.append(
                {
                    "region": row["region"],
                    "n_rows": row["n_rows"],
                    "n_independent": independent,
                    "n_blocks": interval["n_blocks"],
                    "recall": row["recall"],
                    "recall_low": interval["low"],
                    "recall_high": interval["high"],
                    "is_trusted": interval["is_trusted"],
                    "precision": row["precision"],
                    "f1": row["f1"],
                }
            )
        return rows

    def __str__(self) -> str:
        level = f"{self.bootstrap.confidence_level:.0%} interval"
        rows = self.to_rows()
        table = [
            {
                "region": str(row["region"]),
                "centres": row["n_rows"],
                "independent": row["n_independent"],
                "blocks": row["n_blocks"],
                "recall": decimals(row["recall"]),
                level: format_interval(
                    row["recall_low"], row["recall_high"], is_trusted=row["is_trusted"]
                ),
                "precision": decimals(row["precision"]),
                "F1": decimals(row["f1"]),
            }
            for row in rows
        ]
        interval = format_interval(
            self.bootstrap.low,
            self.bootstrap.high,
            is_trusted=self.bootstrap.is_trusted,
        )
        lines = [
            f"balanced accuracy {decimals(self.scores.balanced_accuracy)} "
            f"({level} {interval}),\n"
            f"macro F1 {decimals(self.scores.macro_f1)}, over "
            f"{self.scores.scored.sum()} of {len(self.scores.regions)} regions",
            "",
            format_table(table),
            "independent: patches that share no pixel; blocks: of "
            f"{self.blocks.block_size} px, drawn for the intervals",
        ]
        if not all(row["is_trusted"] for row in rows):
            lines.append(f"* of fewer than {FEW_BLOCKS} blocks: not to be trusted")
        if self.border is not None:
            lines += ["", "recall (centres) by distance to the region's border"]
            lines.append(str(self.border))
        return "\n".join([*lines, "", self.calibration.summary()])
