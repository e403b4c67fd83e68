"""What is usual in some blocks of a slice, and how far others are from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.drift._appearance import APPEARANCE
from sklearn_microarch.drift._slice_rows import SliceRows
from sklearn_microarch.drift.blocks._feature_shift import (
    RegionCentres,
    Shift,
    fit_region_centres,
)
from sklearn_microarch.drift.blocks._region_blocks import RegionBlocks
from sklearn_microarch.drift.blocks._support import (
    Whitening,
    distances_to_support,
    fit_whitening,
)

# Measures of a row beside its features; spread is that of the features themselves.
MEASURES = ("confidence", "residual", *APPEARANCE, "spread")


@dataclass(frozen=True, eq=False)
class BlockMeans:
    """Rows, and the means over those region blocks that are large enough."""

    rows: SliceRows
    region_blocks: RegionBlocks
    large: NDArray[np.intp]  # (n,), the region blocks that have a mean
    features: NDArray[np.float32]  # (n, n_features), means
    measures: NDArray[np.float64]  # (n, n_measures), means


def tabulate(rows: SliceRows, region_blocks: RegionBlocks, min_rows: int) -> BlockMeans:
    """Return means over the rows of each region block of at least `min_rows` rows."""
    large = np.flatnonzero(region_blocks.counts >= min_rows)
    residual = np.zeros(len(rows)) if rows.residual is None else rows.residual
    looks = rows.appearance
    if looks is None:
        looks = np.zeros((len(rows), len(APPEARANCE)), dtype=np.float32)
    measures = region_blocks.means(np.column_stack([rows.confidence, residual, looks]))[
        large
    ]
    # Residuals are compared as ratios.
    measures[:, 1] = np.log(np.maximum(measures[:, 1], 1e-6))
    features = region_blocks.means(rows.features)[large].astype(np.float32)
    return BlockMeans(rows, region_blocks, large, features, measures)


@dataclass(frozen=True, eq=False)
class Baseline:
    """Support and centres of the region blocks a comparison starts from."""

    whitening: Whitening
    support: NDArray[np.float32]  # (m, n_directions), whitened features of rows
    features: RegionCentres  # of the whitened features
    measures: list[RegionCentres]  # of each measure by itself
    # How much a region of two slices differs, in variances between its blocks.
    between: float

    def distances(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the distance (n,) of features (n, n_features) to the support."""
        return distances_to_support(self.whitening.scores(features), self.support)

    def compare(self, table: BlockMeans, part: NDArray[np.bool_]) -> "Comparison":
        """Return how far a part (n_blocks,) is from what is usual in its regions."""
        here = part[table.large]
        codes = table.region_blocks.codes[table.large][here]
        means = self.whitening.scores(table.features[here]).astype(float)
        measures = _with_spread(table, self.whitening, self.features.centres)[here]
        shifts = [
            centre.compare(measures[:, [at]], codes, self.between)
            for at, centre in enumerate(self.measures)
        ]
        return Comparison(
            self.features.compare(means, codes, self.between),
            np.array([shift.common[0] for shift in shifts]),
            np.array(
                [
                    shift.common[0] * centre.axes[0, 0] * np.sqrt(shift.weight)
                    for shift, centre in zip(shifts, self.measures, strict=True)
                ]
            ),
        )


@dataclass(frozen=True, eq=False)
class Comparison:
    """How far some region blocks are from a baseline."""

    features: Shift
    # (n_measures,): mean difference to what is usual in the same region.
    changes: NDArray[np.float64]
    in_errors: NDArray[np.float64]  # the same, in standard errors


def fit_baseline(
    table: BlockMeans,
    part: NDArray[np.bool_],
    support_rows: NDArray[np.bool_],
    n_regions: int,
    *,
    between: float = 0.0,
) -> Baseline:
    """Return what is usual in a part (n_blocks,) of a slice.

    Rows of the part that are also in `support_rows` (n_rows,) become the support;
    `between` is what slices differ by, in variances between blocks.
    """
    rows, here = table.rows, part[table.large]
    members = part[table.region_blocks.of_row]
    whitening = fit_whitening(rows.features[members], rows.codes[members])
    codes = table.region_blocks.codes[table.large][here]
    means = whitening.scores(table.features[here]).astype(float)
    features = fit_region_centres(means, codes, n_regions)
    measures = _with_spread(table, whitening, features.centres)[here]
    return Baseline(
        whitening,
        whitening.scores(rows.features[members & support_rows]),
        features,
        [
            fit_region_centres(column[:, np.newaxis], codes, n_regions)
            for column in measures.T
        ],
        between,
    )


def _with_spread(
    table: BlockMeans, whitening: Whitening, centres: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Append how far rows lie from the centre of their region, as a logarithm."""
    scores = whitening.scores(table.rows.features)
    known = np.nan_to_num(centres)[table.rows.codes]
    far = ((scores - known) ** 2).mean(axis=1, keepdims=True)
    spread = table.region_blocks.means(far)[table.large]
    return np.hstack([table.measures, np.log(np.maximum(spread, 1e-6))])
