"""What parts of the reference differ by among themselves: the null of a report."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.drift.blocks._baseline import (
    MEASURES,
    BlockMeans,
    Comparison,
    fit_baseline,
)
from sklearn_microarch.drift.blocks._region_blocks import hold_out_region_blocks

INDICATORS = ("feature_shift", "share_outside_support", "feature_spread")
# Share of the reference's own held-out rows that lie outside its support.
OUTSIDE = 0.05
# Share of a slice that is held out: the blocks around it are lost, too.
HELD_OUT = 0.08
_MIN_ROWS_OF_A_REGION = 50


@dataclass(frozen=True, eq=False)
class Null:
    """Distances and indicators of parts that were held out of the reference."""

    borders: NDArray[np.float64]  # (n_regions,): beyond, a row is outside
    indicators: NDArray[np.float64]  # (n_draws, n_indicators)
    # (n_draws, n_measures): changes of the measures, in standard errors.
    in_errors: NDArray[np.float64]

    def usual(self) -> NDArray[np.float64]:
        """Return the median of each indicator over the draws."""
        return np.asarray(np.median(self.indicators, axis=0))

    def limits(self, false_alarm_rate: float) -> NDArray[np.float64]:
        """Return what each indicator (n_indicators,) stays below, all at the same time.

        Indicators are brought to one scale, that of the upper tenth of their draws; the
        limit is the conformal quantile of the largest of them.
        """
        usual = self.usual()
        scale = np.maximum(np.quantile(self.indicators, 0.9, axis=0) - usual, 1e-9)
        largest = np.max((self.indicators - usual) / scale, axis=1)
        rank = int(np.ceil((len(largest) + 1) * (1 - false_alarm_rate)))
        limit = np.sort(largest)[min(rank, len(largest)) - 1]
        return np.asarray(usual + limit * scale)


def draw_null(
    table: BlockMeans,
    support_rows: NDArray[np.bool_],
    n_regions: int,
    *,
    n_draws: int,
    rng: np.random.RandomState,
    between: float = 0.0,
) -> Null:
    """Return how parts held out of the reference differ from the rest.

    `support_rows` (n_rows,) make up the support, and their distances are measured;
    `between` is that of `fit_baseline`.
    """
    rows, region_blocks = table.rows, table.region_blocks
    comparisons, distances, codes = [], [], []
    for _ in range(n_draws):
        held, kept = hold_out_region_blocks(region_blocks, HELD_OUT, rng)
        judged = support_rows & held[region_blocks.of_row]
        if kept[table.large].sum() < 3 or not judged.any():
            n_blocks = len(np.unique(region_blocks.blocks, axis=0))
            raise ValueError(
                f"the reference holds {n_blocks} blocks of "
                f"tissue, {len(table.large)} pairs of block and region: too few to "
                "hold some of them out and compare it with the rest. Use a larger "
                "slice, several slices, or a smaller block_px."
            )
        baseline = fit_baseline(table, kept, support_rows, n_regions, between=between)
        comparisons.append(baseline.compare(table, held))
        distances.append(baseline.distances(rows.features[judged]))
        codes.append(rows.codes[judged])
    borders = _borders(np.concatenate(distances), np.concatenate(codes), n_regions)
    indicators = [
        indicators_of(comparison, found, borders[at])
        for comparison, found, at in zip(comparisons, distances, codes, strict=True)
    ]
    return Null(
        borders,
        np.array(indicators),
        np.array([comparison.in_errors for comparison in comparisons]),
    )


def indicators_of(
    comparison: Comparison,
    distances: NDArray[np.floating],
    borders: NDArray[np.floating],
) -> list[float]:
    """Return the indicators in the order of `INDICATORS`.

    Of each row, distance and border (n,) of the region it is predicted as.
    """
    spread = comparison.in_errors[MEASURES.index("spread")]
    outside = float((distances > borders).mean())
    return [comparison.features.in_errors, outside, abs(float(spread))]


def _borders(
    distances: NDArray[np.floating], codes: NDArray[np.integer], n_regions: int
) -> NDArray[np.float64]:
    """Return the distance (n_regions,) that few held-out rows of each region exceed."""
    borders = np.full(n_regions, np.quantile(distances, 1 - OUTSIDE))
    for code in np.unique(codes):
        here = distances[codes == code]
        if len(here) >= _MIN_ROWS_OF_A_REGION:
            borders[code] = np.quantile(here, 1 - OUTSIDE)
    return np.maximum(borders, np.finfo(np.float32).tiny)
