"""Sums over blocks, and sums over blocks drawn with replacement."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

# Draws held at a time, and draws allowed for each resample that is kept.
_PICKS_AT_A_TIME = 1 << 22
_MAX_TRIES = 50


def sum_over_blocks(
    values: NDArray[np.float64],
    codes: NDArray[np.intp],
    blocks: NDArray,
    *,
    n_regions: int,
) -> NDArray[np.float64]:
    """Count rows and sum values for each block and region.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_values)
        One row of values for each sample.
    codes : ndarray of shape (n_samples,), dtype int
        Region of each row, 0 .. n_regions - 1.
    blocks : ndarray of shape (n_samples,)
        Block of each row, any labels.
    n_regions : int
        Number of regions.

    Returns
    -------
    cells : ndarray of shape (n_blocks, n_regions, 1 + n_values)
        The number of rows, then the sums of the values.
    """
    found, block = np.unique(blocks, return_inverse=True)
    cell = block.reshape(-1) * n_regions + codes
    n_cells = len(found) * n_regions
    cells = np.empty((n_cells, 1 + values.shape[1]))
    cells[:, 0] = np.bincount(cell, minlength=n_cells)
    for j, column in enumerate(values.T):
        cells[:, 1 + j] = np.bincount(cell, column, minlength=n_cells)
    return cells.reshape(len(found), n_regions, -1)


def resample_blocks(
    cells: NDArray[np.float64], *, n_drawn: int, n_resamples: int, rng: RandomState
) -> NDArray[np.float64]:
    """Sum over whole blocks drawn with replacement.

    A resample in which some region has no row is drawn again, so that every
    region's mean is defined in each of them.

    Parameters
    ----------
    cells : ndarray of shape (n_blocks, n_regions, 1 + n_values)
        What `sum_over_blocks` returns; every region has rows in some block.
    n_drawn : int
        Blocks in a resample.
    n_resamples : int
        Resamples wanted.
    rng : RandomState
        Draws the blocks.

    Returns
    -------
    totals : ndarray of shape (n_kept, n_regions, 1 + n_values)
        Empty where regions lie in so few blocks that hardly any resample holds
        them all; else ``n_resamples`` long.
    """
    n_blocks = len(cells)
    flat = cells.reshape(n_blocks, -1)
    n_at_a_time = min(n_resamples, max(1, _PICKS_AT_A_TIME // max(n_blocks, n_drawn)))
    kept: list[NDArray[np.float64]] = []
    n_kept = n_tried = 0
    while n_kept < n_resamples:
        if n_tried >= _MAX_TRIES * n_resamples:
            return np.empty((0, *cells.shape[1:]))
        picks = rng.randint(n_blocks, size=(n_at_a_time, n_drawn))
        picks += n_blocks * np.arange(n_at_a_time)[:, None]
        times = np.bincount(picks.ravel(), minlength=n_at_a_time * n_blocks)
        totals = times.reshape(n_at_a_time, n_blocks).astype(np.float64) @ flat
        totals = totals.reshape(n_at_a_time, *cells.shape[1:])
        whole = totals[(totals[..., 0] > 0).all(axis=1)]
        kept.append(whole)
        n_kept, n_tried = n_kept + len(whole), n_tried + n_at_a_time
    return np.concatenate(kept)[:n_resamples]
