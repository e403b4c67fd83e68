"""Scores of what was found, with intervals from counts of whole blocks of the slice.

Each score is a function of counts, which add up over blocks: a resample is a number of
times that each block is drawn, the same for all contenders, so that their differences
are paired.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.metrics.cluster import expected_mutual_information
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_microarch.spatial._spatial_blocks import SliceBlocks
from sklearn_microarch.trust.nulls._placements import (
    draw_places,
    find_placements,
    move_labels,
)
from sklearn_microarch.trust.nulls._region_auc import rank_levels

N_LEVELS = 256
N_HALVINGS = 10


def draw_blocks(blocks: SliceBlocks, n_resamples: int, seed: int) -> NDArray:
    """Return how often each block is drawn, (n_resamples, n_blocks)."""
    n_blocks = int(blocks.labels.max()) + 1
    n_drawn = max(1, round(blocks.draw_share * n_blocks))
    rng = np.random.default_rng(seed)
    return rng.multinomial(n_drawn, np.full(n_blocks, 1 / n_blocks), n_resamples)


def tables(blocks: NDArray, found: NDArray, truth: NDArray) -> NDArray:
    """Return counts (n_blocks, n_found, n_true) of rows, by place and both labels."""
    _, found = np.unique(found, return_inverse=True)
    _, truth = np.unique(truth, return_inverse=True)
    shape = (int(blocks.max()) + 1, int(found.max()) + 1, int(truth.max()) + 1)
    keys = np.ravel_multi_index((blocks, found, truth), shape)
    return np.bincount(keys, minlength=np.prod(shape)).reshape(shape)


def resampled(
    counts: NDArray, draws: NDArray, score: Callable[[NDArray], NDArray]
) -> NDArray:
    """Return a score (1 + n_resamples,): of all blocks, then of each resample."""
    every = np.concatenate([np.ones((1, draws.shape[1])), draws])
    return score(np.tensordot(every, counts, axes=1))


def adjusted_rand(table: NDArray) -> NDArray:
    """Return the adjusted Rand index (...) of tables (..., n_found, n_true)."""

    def pairs(counts: NDArray) -> NDArray:
        return counts * (counts - 1) / 2

    together = pairs(table).sum(axis=(-2, -1))
    found, truth = (pairs(table.sum(axis=axis)).sum(axis=-1) for axis in (-1, -2))
    chance = found * truth / pairs(table.sum(axis=(-2, -1)))
    best = (found + truth) / 2
    return (together - chance) / np.where(best > chance, best - chance, np.inf)


def adjusted_information(table: NDArray) -> float:
    """Return the adjusted mutual information of one table; NaN where truth is alone."""
    table = np.rint(table).astype(np.int64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        return float("nan")
    if len(table) < 2:
        return 0.0
    total = table.sum()

    def entropy(counts: NDArray) -> float:
        shares = counts[counts > 0] / total
        return float(-(shares * np.log(shares)).sum())

    rows, cols = entropy(table.sum(axis=1)), entropy(table.sum(axis=0))
    chance = expected_mutual_information(table, total)
    return (rows + cols - entropy(table.ravel()) - chance) / (
        max((rows + cols) / 2 - chance, 1e-12)
    )


def within_bands(table: NDArray) -> NDArray:
    """Return the mean adjusted information within bands, weighted by their rows.

    Tables are (n, n_bands, n_found, n_true).
    """
    found = np.empty(len(table))
    for at, bands in enumerate(table):
        scores = np.array([adjusted_information(band) for band in bands])
        rows = bands.sum(axis=(1, 2)) * np.isfinite(scores)
        found[at] = (np.nan_to_num(scores) * rows).sum() / max(rows.sum(), 1)
    return found


def auc(counts: NDArray) -> NDArray:
    """Return the AUC (...) of counts (..., n_levels, 2) outside and inside."""
    outside, inside = counts[..., 0], counts[..., 1]
    below = np.cumsum(outside, axis=-1) - outside / 2
    pairs = outside.sum(axis=-1) * inside.sum(axis=-1)
    return (inside * below).sum(axis=-1) / np.where(pairs > 0, pairs, np.nan)


class Choice:
    """The column that marks something best in half of the blocks, judged in the other.

    Parameters
    ----------
    columns : ndarray of shape (n, k)
        What may be chosen from. High values mark.
    blocks : ndarray of shape (n,)
        Block of each row, from 0. Blocks are halved at random ten times, and each half
        is used for the choice once.
    """

    def __init__(self, columns: NDArray, blocks: NDArray) -> None:
        levels = rank_levels(np.asarray(columns, dtype=np.float64))
        self.n_blocks, self.n_columns = int(blocks.max()) + 1, levels.shape[1]
        at = blocks[:, None] * self.n_columns + np.arange(self.n_columns)
        self.keys = (at * N_LEVELS + levels) * 2
        rng = np.random.default_rng(0)
        orders = [rng.permutation(self.n_blocks) for _ in range(N_HALVINGS)]
        halves = np.array([order < self.n_blocks // 2 for order in orders])
        self.chosen_on = np.concatenate([halves, ~halves]).astype(float)

    def counts(self, truth: NDArray[np.bool_]) -> NDArray:
        """Return counts (n_blocks, k, n_levels, 2) for what is to be marked."""
        shape = (self.n_blocks, self.n_columns, N_LEVELS, 2)
        keys = (self.keys + truth[:, None]).ravel()
        return np.bincount(keys, minlength=np.prod(shape)).reshape(shape)

    def judge(self, truth: NDArray[np.bool_]) -> tuple[float, NDArray[np.intp]]:
        """Return the mean AUC of what was not chosen on, and the columns chosen."""
        counts = self.counts(truth)
        seen = np.tensordot(self.chosen_on, counts, axes=1)
        chosen = np.nan_to_num(auc(seen), nan=-1.0).argmax(axis=1)
        unseen = (counts.sum(axis=0) - seen)[np.arange(len(chosen)), chosen]
        return float(np.nanmean(auc(unseen))), chosen

    def resampled(self, truth: NDArray[np.bool_], draws: NDArray) -> NDArray:
        """Return the AUC (1 + n_resamples,) of the choices made on all blocks."""
        counts, (_, chosen) = self.counts(truth), self.judge(truth)
        every = np.concatenate([np.ones((1, draws.shape[1])), draws])
        found = np.empty((len(chosen), len(every)))
        for at, (column, half) in enumerate(zip(chosen, self.chosen_on, strict=True)):
            found[at] = auc(np.tensordot(every * (1 - half), counts[:, column], axes=1))
        return np.nanmean(found, axis=0)


def read_off(columns: NDArray, truth: NDArray[np.bool_], blocks: NDArray) -> float:
    """Return the AUC of what all columns tell together, learned on the other half.

    Logistic regression, which is told the truth of half of the blocks.
    """
    n_blocks = int(blocks.max()) + 1
    half = (np.random.default_rng(0).permutation(n_blocks) % 2 == 0)[blocks]
    found = []
    for seen in (half, ~half):
        model = make_pipeline(
            StandardScaler(),
            LogisticRegression(C=0.01, class_weight="balanced", max_iter=300),
        ).fit(columns[seen], truth[seen])
        told = model.decision_function(columns[~seen])
        found.append(roc_auc_score(truth[~seen], told))
    return float(np.mean(found))


def moved(
    truth: NDArray[np.bool_], at: NDArray, n_shifts: int, seed: int
) -> list[NDArray[np.bool_]]:
    """Return truth (n,) as it lies elsewhere on the cells, at rows and columns (n, 2).

    Shifted, turned or mirrored, with 80 % of it inside; so many places at most.
    """
    codes = np.full(at.max(axis=0) + 1, -1)
    tissue = np.zeros(codes.shape, dtype=bool)
    tissue[tuple(at.T)] = True
    codes[tuple(at[truth].T)] = 0
    found = find_placements(codes, tissue)
    n_shifts = min(n_shifts, len(found.places))
    places = draw_places(found, n_shifts, np.random.RandomState(seed))
    return [move_labels(codes, place)[tuple(at.T)] == 0 for place in places]


def quantiles(values: NDArray) -> tuple[float, float]:
    """Return the ends of the 95 % interval of a score and its resamples."""
    low, high = np.nanquantile(values[1:], [0.025, 0.975])
    return float(low), float(high)


def jackknife(values: NDArray) -> tuple[float, float]:
    """Return ends of the 95 % interval of a score, and of it without each block.

    For scores that are corrected for chance by the number of rows, which blocks drawn
    twice would mislead.
    """
    n_blocks = len(values) - 1
    squares = (values[1:] - values[1:].mean()) ** 2
    reach = 1.96 * float(np.sqrt((n_blocks - 1) / n_blocks * squares.sum()))
    return float(values[0]) - reach, float(values[0]) + reach


def summary(
    scores: dict[str, NDArray],
    ends: Callable[[NDArray], tuple[float, float]] = quantiles,
) -> dict[str, dict[str, list[float]]]:
    """Return each contender's score, and the lead of the first over it, paired."""
    first = next(iter(scores.values()))

    def with_ends(values: NDArray) -> list[float]:
        return [round(float(end), 4) for end in (values[0], *ends(values))]

    return {
        name: {
            "score": with_ends(values),
            "lead of the first": with_ends(first - values),
        }
        for name, values in scores.items()
    }
