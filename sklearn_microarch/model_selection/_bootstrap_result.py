"""A score with the interval that resampled blocks give it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.model_selection._decimals import decimals
from sklearn_microarch.model_selection._format_table import format_table

# Fewer blocks of a region than this do not show how much it varies.
FEW_BLOCKS = 5


@dataclass(frozen=True, eq=False)
class BlockBootstrap:
    """A score with its interval, of all regions together and of each.

    Parameters
    ----------
    estimate, low, high : float
        The statistic and its interval; NaN ends where there is none.
    regions : ndarray of shape (n_regions,)
        Sorted labels of the regions that occur.
    region_estimate, region_low, region_high : ndarray of shape (n_regions,)
        Mean of each region and its interval; NaN ends for a region in one block.
    n_rows, n_blocks : ndarray of shape (n_regions,), dtype int64
        Rows of each region, and blocks in which they lie.
    confidence_level : float
        Share of the resamples within the interval.
    is_difference : bool
        Whether the values are differences of two classifiers.
    """

    estimate: float
    low: float
    high: float
    regions: NDArray
    region_estimate: NDArray[np.float64]
    region_low: NDArray[np.float64]
    region_high: NDArray[np.float64]
    n_rows: NDArray[np.int64]
    n_blocks: NDArray[np.int64]
    confidence_level: float
    is_difference: bool = False

    @property
    def few_blocks(self) -> NDArray[np.bool_]:
        """Which regions lie in too few blocks for their interval to be trusted."""
        return self.n_blocks < FEW_BLOCKS

    @property
    def is_trusted(self) -> bool:
        """Whether no region lies in too few blocks."""
        return not self.few_blocks.any()

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table.

        Returns
        -------
        rows : list of dict
            One for each region, and a last one, ``"all"``, for the statistic.
        """
        columns = {
            "region": [*self.regions.tolist(), "all"],
            "n_rows": [*self.n_rows.tolist(), int(self.n_rows.sum())],
            "n_blocks": [*self.n_blocks.tolist(), None],
            "estimate": [*self.region_estimate.tolist(), self.estimate],
            "low": [*self.region_low.tolist(), self.low],
            "high": [*self.region_high.tolist(), self.high],
            "is_trusted": [*(~self.few_blocks).tolist(), self.is_trusted],
        }
        return [
            dict(zip(columns, values, strict=True))
            for values in zip(*columns.values(), strict=True)
        ]

    def __str__(self) -> str:
        name = "difference" if self.is_difference else "estimate"
        table = [
            {
                "region": str(row["region"]),
                "rows": row["n_rows"],
                "blocks": "" if row["n_blocks"] is None else str(row["n_blocks"]),
                name: decimals(row["estimate"]),
                f"{self.confidence_level:.0%} interval": format_interval(
                    row["low"], row["high"], is_trusted=row["is_trusted"]
                ),
            }
            for row in self.to_rows()
        ]
        note = f"\n* of fewer than {FEW_BLOCKS} blocks: not to be trusted"
        return format_table(table) + ("" if self.is_trusted else note)


def format_interval(low: float, high: float, *, is_trusted: bool) -> str:
    """Return an interval as text, with an asterisk where it is not to be trusted.

    Parameters
    ----------
    low, high : float
        NaN where there is no interval.
    is_trusted : bool
        Whether it rests on enough blocks.

    Returns
    -------
    text : str
    """
    text = "none" if np.isnan(low) else f"{low:.3f} to {high:.3f}"
    return text if is_trusted else f"{text} *"
