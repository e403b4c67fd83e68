"""Differences of animals with intervals, and how many animals a difference takes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit
from scipy.stats import nct

_MOST_ANIMALS = 10_000


@dataclass(frozen=True, eq=False)
class Estimates:
    """Means of two groups and their difference, for each of k tests; NaN: unknown."""

    means: NDArray[np.float64]  # (k, 2)
    counts: NDArray[np.int64]  # (k, 2), animals with a value
    difference: NDArray[np.float64]  # (k,), second less first
    low: NDArray[np.float64]  # (k,)
    high: NDArray[np.float64]  # (k,)
    effect: NDArray[np.float64]  # (k,), in standard deviations between animals
    p_value: NDArray[np.float64]  # (k,), of Student's t, by no permutation


def estimate_groups(
    first: NDArray[np.float64], second: NDArray[np.float64], confidence: float
) -> Estimates:
    """Compare animals (n, k) of two groups, by Welch's interval; NaN: no value."""
    counts = np.stack([np.isfinite(one).sum(axis=0) for one in (first, second)])
    means, variances = (
        np.stack([moment(first), moment(second)]) for moment in (_mean, _variance)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = variances / counts
        error = parts.sum(axis=0)
        freedom = error**2 / (parts**2 / (counts - 1)).sum(axis=0)
        effect = (means[1] - means[0]) / np.sqrt(variances.mean(axis=0))
    return _with_interval(
        means=means,
        counts=counts,
        difference=means[1] - means[0],
        error=error,
        freedom=freedom,
        effect=effect,
        confidence=confidence,
    )


def estimate_pairs(
    first: NDArray[np.float64], second: NDArray[np.float64], confidence: float
) -> Estimates:
    """Compare two sides (n, k) of the same animals, by the interval of differences."""
    both = np.isfinite(first) & np.isfinite(second)
    first, second = (np.where(both, one, np.nan) for one in (first, second))
    means = np.stack([_mean(first), _mean(second)])
    count = both.sum(axis=0)
    variance = _variance(second - first)
    with np.errstate(divide="ignore", invalid="ignore"):
        error, difference = variance / count, _mean(second - first)
        effect = difference / np.sqrt(variance)
    counts = np.stack([count, count])
    return _with_interval(
        means=means,
        counts=counts,
        difference=difference,
        error=error,
        freedom=count - 1.0,
        effect=effect,
        confidence=confidence,
    )


def _with_interval(
    *,
    means: NDArray[np.float64],
    counts: NDArray[np.int64],
    difference: NDArray[np.float64],
    error: NDArray[np.float64],
    freedom: NDArray[np.float64],
    effect: NDArray[np.float64],
    confidence: float,
) -> Estimates:
    # All animals alike: the difference is known exactly, whatever the freedom.
    freedom = np.where(error == 0, 1.0, freedom)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = stdtrit(freedom, (1 + confidence) / 2) * np.sqrt(error)
        p_value = 2 * stdtr(freedom, -np.abs(difference) / np.sqrt(error))
    low, high = difference - half, difference + half
    return Estimates(means.T, counts.T, difference, low, high, np.abs(effect), p_value)


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    count = np.isfinite(values).sum(axis=0)
    mean: NDArray[np.float64] = np.nansum(values, axis=0) / np.where(
        count > 0, count, np.nan
    )
    return mean


def _variance(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return unbiased variances (k,), NaN of fewer than two values."""
    count = np.isfinite(values).sum(axis=0)
    squares = np.nansum((values - _mean(values)) ** 2, axis=0)
    variance: NDArray[np.float64] = squares / np.where(count > 1, count - 1, np.nan)
    return variance


def animals_needed(effect: float, *, paired: bool, least: int) -> float:
    """Return how many animals per group (how many pairs) a t test needs.

    For a power of 80 % at 5 %, two-sided; ``effect`` in standard deviations. At least
    ``least``; NaN where nothing is known, infinity beyond ten thousand.
    """
    if not effect >= 0:
        return np.nan
    low, high = least - 1, least
    while _power(effect, high, paired=paired) < 0.8:
        low, high = high, 2 * high
        if high > _MOST_ANIMALS:
            return np.inf
    while high - low > 1:
        middle = (low + high) // 2
        enough = _power(effect, middle, paired=paired) >= 0.8
        low, high = (low, middle) if enough else (middle, high)
    return float(high)


def _power(effect: float, n_animals: int, *, paired: bool) -> float:
    if not np.isfinite(effect):
        return 1.0
    freedom = n_animals - 1 if paired else 2 * n_animals - 2
    shift = effect * np.sqrt(n_animals if paired else n_animals / 2)
    if shift > 30:
        return 1.0
    limit = stdtrit(freedom, 0.975)
    return float(nct.sf(limit, freedom, shift) + nct.cdf(-limit, freedom, shift))
