"""What the variances of all tests say of each: the prior of a moderated statistic."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

# Where variances differ no more than chance makes them, a prior of this many degrees of
# freedom still leaves each test a say in its own variance.
_MOST = 50.0


def prior_freedom(
    variances: NDArray[np.float64], freedom: NDArray[np.float64]
) -> float:
    """Return the degrees of freedom of the prior (Smyth 2004, section 6.2).

    Variances (k,) of so many degrees of freedom (k,) each, those that are 0 left out;
    with fewer than two there is no prior: 0.
    """
    known = (variances > 0) & (freedom >= 1)
    if known.sum() < 2:
        return 0.0
    half = freedom[known] / 2
    logs = np.log(variances[known]) - digamma(half) + np.log(half)
    excess = float(np.var(logs, ddof=1) - polygamma(1, half).mean())
    return min(2 * _inverse_trigamma(excess), _MOST) if excess > 0 else _MOST


def prior_variance(
    variances: NDArray[np.float64], freedom: NDArray[np.float64], prior: float
) -> NDArray[np.float64]:
    """Return the variance of the prior (..., 1) of variances (..., k), NaN left out.

    ``prior`` are its degrees of freedom, more than 0.
    """
    known = (variances > 0) & (freedom >= 1)
    half = np.where(known, freedom, 2.0) / 2
    logs = np.log(np.where(known, variances, 1.0)) - digamma(half) + np.log(half)
    count = known.sum(axis=-1, keepdims=True)
    mean = (logs * known).sum(axis=-1, keepdims=True) / np.maximum(count, 1)
    level: NDArray[np.float64] = np.exp(mean + digamma(prior / 2) - np.log(prior / 2))
    return np.where(count > 0, level, 0.0)


def _inverse_trigamma(value: float) -> float:
    """Return y with polygamma(1, y) = value, by Newton's method on 1 / trigamma."""
    y = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, y))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, y))
        y += step
        if abs(step) < 1e-10 * y:
            break
    return y
