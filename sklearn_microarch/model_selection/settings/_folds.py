"""Rows that are held out together, and blocks that are drawn together."""

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from sklearn_microarch.metrics._block_bootstrap import resample_blocks
from sklearn_microarch.model_selection._spatial_block_kfold import SpatialBlockKFold
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import spatial_blocks
from sklearn_microarch.spatial._check_blocks import check_blocks

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True, eq=False)
class BlockedRows:
    """Where rows lie: the block of each, the share of blocks to draw, the folds."""

    blocks: NDArray[np.int64]  # (n,), from 0
    draw_share: float
    folds: list[Fold]

    @property
    def n_blocks(self) -> int:
        """How many blocks there are."""
        return int(self.blocks.max()) + 1

    def resample(
        self, values: NDArray[np.float64], n_resamples: int, rng: RandomState
    ) -> NDArray[np.float64]:
        """Return sums (1 + n_resamples, n_values) over all blocks, and over drawn ones.

        ``values`` are (n, n_values), a row for each row of the data.
        """
        cells = np.zeros((self.n_blocks, 1, 1 + values.shape[1]))
        # What is counted here need only be positive.
        cells[:, 0, 0] = 1.0
        for at, column in enumerate(values.T, start=1):
            cells[:, 0, at] = np.bincount(self.blocks, column, self.n_blocks)
        drawn = resample_blocks(
            cells,
            n_drawn=max(1, round(self.draw_share * self.n_blocks)),
            n_resamples=n_resamples,
            rng=rng,
        )
        share = self.n_blocks / drawn[:, 0, :1]
        whole = cells.sum(axis=0)[:, 1:]
        return np.concatenate([whole, drawn[:, 0, 1:] * share])

    def halves(self, rng: RandomState) -> Fold:
        """Return the rows of one random half of the blocks, and of the other."""
        first = rng.permutation(self.n_blocks) < self.n_blocks // 2
        inside = first[self.blocks]
        return np.flatnonzero(inside), np.flatnonzero(~inside)


def lay_folds(
    blocks: object, y: NDArray, n_folds: int, rows: NDArray[np.intp]
) -> BlockedRows:
    """Return where some rows lie; ``y`` (n_rows,) are the labels of those rows."""
    if isinstance(blocks, Patches):
        kept = blocks.take(rows)
        found = spatial_blocks(kept)
        folds = list(SpatialBlockKFold(n_folds).split(kept, y))
        return BlockedRows(found.labels, found.draw_share, folds)
    labels, share = check_blocks(blocks)
    _, units = np.unique(labels[rows], return_inverse=True)
    n_units = int(units.max()) + 1
    if n_units < 2 * n_folds:
        raise ValueError(
            f"blocks holds {n_units} blocks, too few for n_folds={n_folds}: at least "
            f"{2 * n_folds} are needed. Make smaller blocks, or fewer folds."
        )
    folds = list(GroupKFold(n_folds).split(units, groups=units))
    return BlockedRows(units.astype(np.int64), share, folds)


def count_places(blocks: object) -> int:
    """Return for how many rows it is known where they lie."""
    return len(blocks) if isinstance(blocks, Patches) else len(check_blocks(blocks)[0])


def interval(
    resampled: NDArray[np.float64], confidence: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both ends, over the first axis without its first entry, the estimate."""
    tail = (1 - confidence) / 2
    if len(resampled) == 1:
        nothing = np.full(resampled.shape[1:], np.nan)
        return nothing, nothing
    low, high = np.nanquantile(resampled[1:], [tail, 1 - tail], axis=0)
    return low, high
