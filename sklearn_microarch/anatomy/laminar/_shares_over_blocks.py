"""Ratios of sums over blocks of a slice, with intervals by drawing blocks again."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

# A ratio that fewer of the resamples hold has no interval.
_LEAST_HELD = 0.9


def ratios_over_blocks(
    above: NDArray[np.float64],  # (n_blocks, ...)
    below: NDArray[np.float64],  # (n_blocks, ...), broadcast to `above`
    *,
    draw_share: float,
    n_resamples: int,
    confidence_level: float,
    rng: RandomState,
) -> tuple[NDArray, NDArray, NDArray]:
    """Return sums of `above` over sums of `below`, and both ends of their intervals.

    NaN where `below` sums to 0; ends are NaN where it does in a tenth of the resamples.
    """
    n_blocks = len(above)
    n_drawn = max(1, round(draw_share * n_blocks))
    times = rng.multinomial(n_drawn, np.full(n_blocks, 1 / n_blocks), size=n_resamples)
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = above.sum(axis=0) / below.sum(axis=0)
        drawn = np.tensordot(times, above, 1) / np.tensordot(times, below, 1)
    held = np.isfinite(drawn).mean(axis=0) >= _LEAST_HELD
    tails = [(1 - confidence_level) / 2, (1 + confidence_level) / 2]
    ends = np.nanquantile(np.where(held, drawn, 0.0), tails, axis=0)
    low, high = np.where(held, ends, np.nan)
    return estimate, low, high


def count_in_blocks(
    blocks: NDArray[np.intp], codes: NDArray[np.intp], n_codes: int
) -> NDArray[np.float64]:
    """Return how many rows each block has of each code, (n_blocks, n_codes)."""
    return sum_in_blocks(np.ones((len(blocks), 1)), blocks, codes, n_codes)[..., 0]


def sum_in_blocks(
    values: NDArray[np.float64],  # (n, p)
    blocks: NDArray[np.intp],
    codes: NDArray[np.intp],
    n_codes: int,
) -> NDArray[np.float64]:
    """Return sums of values by block and code, (n_blocks, n_codes, p)."""
    _, block = np.unique(blocks, return_inverse=True)
    block = block.reshape(-1)
    n_blocks = int(block.max()) + 1
    at = block * n_codes + codes
    sums = np.zeros((n_blocks * n_codes, values.shape[1]))
    for number, column in enumerate(values.T):
        sums[:, number] = np.bincount(at, column, n_blocks * n_codes)
    return sums.reshape(n_blocks, n_codes, values.shape[1])
