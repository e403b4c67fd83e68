"""Shares of templates under which windows are most probable."""

import numpy as np
from numpy.typing import NDArray

# What each share's logarithm is worth, as a part of all windows: none is zero.
LEAST_LOG = 1e-4
N_STEPS, TOLERANCE = 100, 1e-13
# A step goes so far towards where a share would be zero.
TOWARDS_ZERO = 0.95


def best_shares(
    density: NDArray[np.float64], start: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return the shares (k,) that are best for windows of densities (n, k).

    They make ``mean(log(density @ shares)) + LEAST_LOG * sum(log(shares))`` largest, to
    the last digits: then a search over what densities depend on meets one smooth
    function. The start is a matter of time only.
    """
    # A convex problem, solved by primal-dual interior-point steps as in R. Koenker and
    # I. Mizera, "Convex optimization, shape constraints, compound decisions, and
    # empirical Bayes rules", JASA 109, 2014 (doi:10.1080/01621459.2013.869224). The
    # slope of the sum's multiplier is known: windows and logarithms are homogeneous.
    n, k = density.shape
    sum_slope = 1 + LEAST_LOG * k
    shares = np.full(k, 1 / k) if start is None else start
    slack = LEAST_LOG / shares
    for _ in range(N_STEPS):
        ratio = density / (density @ shares)[:, None]
        slope = sum_slope - ratio.sum(axis=0) / n
        off = max(
            np.abs((slope - slack) * shares).max(),
            np.abs(slack * shares - LEAST_LOG).max(),
        )
        if off < TOLERANCE:
            break
        curvature = ratio.T @ ratio / n + np.diag(slack / shares)
        step = np.linalg.solve(curvature, LEAST_LOG / shares - slope)
        slack_step = (LEAST_LOG - slack * shares - slack * step) / shares
        shares = _move(shares, step)
        slack = _move(slack, slack_step)
    return shares


def _move(
    values: NDArray[np.float64], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return positive values moved by a step, or by as much as leaves them positive."""
    falls = step < 0
    if not falls.any():
        return values + step
    longest = TOWARDS_ZERO * float((-values[falls] / step[falls]).min())
    return values + min(1.0, longest) * step
