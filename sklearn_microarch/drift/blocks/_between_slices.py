"""How much whole slices of one kind differ, beside what their blocks differ by."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.drift.blocks._baseline import BlockMeans, fit_baseline
from sklearn_microarch.drift.blocks._feature_shift import Shift

# Variance of a region's centre from animal to animal, in variances between its blocks,
# of slices whose accuracy held: docs/lab/drift.md tells how it was measured.
USUAL_VARIANCE = 0.01
# The usual variance counts as much as that many units that were seen.
_PRIOR_UNITS = 2.0


def variance_between(
    table: BlockMeans,
    support_rows: NDArray[np.bool_],
    n_regions: int,
    units: NDArray[np.integer],
) -> float:
    """Return the variance by which a region of a further unit differs from the rest.

    `units` (n_images,) number the specimens of the slices, or stacks of near slices.
    One unit tells nothing of others, and the usual variance stands in. Of several, each
    slice is compared whole with all slices of other units; what they differ by is
    weighed with the usual variance.
    """
    found = np.unique(units)
    if len(found) > 1:
        of_block = units[table.region_blocks.blocks[:, 0]]
        seen = [
            _excess_variance(table, support_rows, n_regions, of_block == unit)
            for unit in found
        ]
        # The rest is a mean over units, which differ themselves.
        mean = float(np.mean(seen)) / (1 + 1 / (len(found) - 1))
        weight = len(found) - 1
        variance = (_PRIOR_UNITS * USUAL_VARIANCE + weight * mean) / (
            _PRIOR_UNITS + weight
        )
    else:
        variance = USUAL_VARIANCE
    return variance * (1 + 1 / len(found))


def _excess_variance(
    table: BlockMeans,
    support_rows: NDArray[np.bool_],
    n_regions: int,
    unit: NDArray[np.bool_],
) -> float:
    """Return the mean excess variance, at least 0, of a unit's slices (n_blocks,)."""
    baseline = fit_baseline(table, ~unit, support_rows, n_regions)
    images = table.region_blocks.blocks[:, 0]
    found = [
        _beyond_blocks(baseline.compare(table, unit & (images == image)).features)
        for image in np.unique(images[unit])
    ]
    return float(np.mean(found))


def _beyond_blocks(shift: Shift) -> float:
    """Return what of a shift's square the number of blocks does not explain."""
    shared = np.flatnonzero(np.isfinite(shift.by_region))
    if not len(shared):
        return 0.0
    chance = 1 / shift.counts[shared] + 1 / shift.baseline_counts[shared]
    # Regions of few blocks say little of what slices differ by.
    beyond = np.average(shift.by_region[shared] ** 2 - chance, weights=1 / chance)
    return max(float(beyond), 0.0)
