"""Block means of one region of one specimen, and what two halves of them differ by."""

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.metrics._block_bootstrap import resample_blocks

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BlocksOfRegion:
    """Rows and mean values of the blocks in which a specimen shows a region."""

    # Rows of each block, (n_blocks,), all above 0.
    counts: Floats
    # Of the rows of each block, (n_blocks, n_values).
    means: Floats
    # Share of all rows that lie above the threshold, (n_values,).
    active: Floats

    @property
    def mean(self) -> Floats:
        """Mean over the rows, (n_values,)."""
        return self.counts @ self.means / self.counts.sum()

    @property
    def variance(self) -> Floats:
        """Variance of that mean, as blocks vary, (n_values,)."""
        everything = np.ones((1, len(self.counts)), dtype=bool)
        return _mean_and_variance(everything, self.counts, self.means)[1][0]

    def halve(self, n_halves: int, rng: RandomState) -> tuple[Floats, Floats]:
        """Return what random halves say of the mean's error, and its variance by them.

        Both are (n_halves, n_values). The difference of two halves, scaled to the
        variance that the mean of all blocks has, is an error as the mean may have it:
        it holds no difference of specimens. Its variance is that within the halves.
        """
        n_blocks = len(self.counts)
        n_first = n_blocks // 2
        order = rng.random_sample((n_halves, n_blocks)).argsort(axis=1)
        first = order < n_first
        one, one_variance = _mean_and_variance(first, self.counts, self.means)
        two, two_variance = _mean_and_variance(~first, self.counts, self.means)
        # 1/2 for halves of equal size.
        scale = np.sqrt(n_first * (n_blocks - n_first)) / n_blocks
        return scale * (one - two), scale**2 * (one_variance + two_variance)

    def resample(self, n_drawn: int, n_resamples: int, rng: RandomState) -> Floats:
        """Return means (n_resamples, n_values) over blocks drawn with replacement."""
        sums = self.counts[:, None] * self.means
        cells = np.column_stack([self.counts, sums])[:, None]
        totals = resample_blocks(
            cells, n_drawn=n_drawn, n_resamples=n_resamples, rng=rng
        )[:, 0]
        return totals[:, 1:] / totals[:, :1]


def _mean_and_variance(
    members: NDArray[np.bool_], counts: Floats, means: Floats
) -> tuple[Floats, Floats]:
    """Return mean and its variance (n_sets, n_values) of sets of blocks.

    ``members`` (n_sets, n_blocks) says which blocks a set holds. The variance is that
    of a ratio of sums over blocks, as large ones have more rows.
    """
    at = members.astype(np.float64)
    size, total = at.sum(axis=1)[:, None], (at @ counts)[:, None]
    # Around the common mean, so that squares lose no digits.
    centre = counts @ means / counts.sum()
    around = means - centre
    squares = (counts**2)[:, None]
    mean = at @ (counts[:, None] * around) / total
    spread = (
        at @ (squares * around**2)
        - 2 * mean * (at @ (squares * around))
        + mean**2 * (at @ squares)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = size / (size - 1) * np.maximum(spread, 0.0) / total**2
    return centre + mean, np.where(size > 1, variance, np.nan)
