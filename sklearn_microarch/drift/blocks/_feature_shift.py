"""How far the features of each region have moved, in what blocks differ by."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf


@dataclass(frozen=True, eq=False)
class RegionCentres:
    """Where the region blocks of each region lie, and how much they differ."""

    centres: NDArray[np.float64]  # (n_regions, n_columns), NaN for none
    # (n_columns, n_columns): turns a difference into standard deviations.
    axes: NDArray[np.float64]
    counts: NDArray[np.int64]  # (n_regions,), blocks

    def compare(
        self,
        means: NDArray[np.float64],
        codes: NDArray[np.integer],
        between: float = 0.0,
    ) -> "Shift":
        """Return how far the regions of blocks, means (n_blocks, n_columns), moved.

        `between` is the variance by which a region of two slices of one kind differs
        beside that of its blocks, in variances between blocks.
        """
        n_regions = len(self.counts)
        counts = np.bincount(codes, minlength=n_regions)
        shared = np.flatnonzero((counts > 0) & (self.counts > 0))
        moved = np.full(self.centres.shape, np.nan)
        for code in shared:
            moved[code] = means[codes == code].mean(axis=0) - self.centres[code]
        # Hotelling's statistic over R regions and d columns, about 1 for independent
        # blocks of one kind, however many. With delta_r the difference of the mean of m
        # blocks of region r to that of the n blocks of the reference, t ** 2 is
        # 1 / (R d) sum_r w_r delta_r^T Sigma^-1 delta_r, where
        # 1 / w_r = 1 / m + 1 / n + between: no number of blocks makes the mean of a
        # slice more exact than slices are alike.
        weights = np.zeros(n_regions)
        weights[shared] = 1 / (1 / counts[shared] + 1 / self.counts[shared] + between)
        by_region = np.sqrt(((moved @ self.axes) ** 2).mean(axis=1))
        errors = weights[shared] @ by_region[shared] ** 2 / max(len(shared), 1)
        total = max(weights.sum(), np.finfo(float).tiny)
        common = weights[shared] @ moved[shared] / total
        return Shift(
            float(np.sqrt(errors)),
            by_region,
            np.sqrt(weights) * by_region,
            common,
            float(weights.sum()),
            counts,
            self.counts,
        )


@dataclass(frozen=True, eq=False)
class Shift:
    """How far some region blocks are from where those of their regions lie."""

    in_errors: float  # in standard errors over all regions, 0 for none in common
    # (n_regions,): in standard deviations between blocks, NaN where a side has none.
    by_region: NDArray[np.float64]
    # The same in standard errors, about 1 by chance, however few the blocks.
    in_errors_by_region: NDArray[np.float64]
    common: NDArray[np.float64]  # (n_columns,), mean difference over regions
    weight: float  # number of blocks that it is as exact as
    # (n_regions,): blocks of these, and of the baseline.
    counts: NDArray[np.int64]
    baseline_counts: NDArray[np.int64]


def fit_region_centres(
    means: NDArray[np.float64], codes: NDArray[np.integer], n_regions: int
) -> RegionCentres:
    """Return the centre of each region and the spread of its blocks, pooled and shrunk.

    Shrunk as in O. Ledoit and M. Wolf, "A well-conditioned estimator for large-
    dimensional covariance matrices", Journal of Multivariate Analysis 88(2), 2004.
    """
    centres = np.full((n_regions, means.shape[1]), np.nan)
    for code in np.unique(codes):
        centres[code] = means[codes == code].mean(axis=0)
    covariance, _ = ledoit_wolf(means - centres[codes], assume_centered=True)
    variances, directions = np.linalg.eigh(covariance)
    # What does not vary has rounding errors, which are not to be counted as shifts.
    rounding = (1e-9 * np.abs(means).max()) ** 2
    floor = max(variances[-1] * 1e-9, rounding, np.finfo(float).tiny)
    axes = directions / np.sqrt(np.maximum(variances, floor))
    return RegionCentres(centres, axes, np.bincount(codes, minlength=n_regions))
