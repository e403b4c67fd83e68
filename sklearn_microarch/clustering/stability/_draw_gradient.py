"""Rows as they would be if there were one gradient and no clusters."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.clustering.stability._principal_curve import PrincipalCurve


def draw_gradient(
    X: NDArray[np.float64],
    blocks: NDArray[np.int64],
    curve: PrincipalCurve,
    rng: RandomState,
) -> NDArray[np.float64]:
    """Return rows (n, d) that lie evenly along a curve, and beside it as others do.

    Rows keep their order along the curve, so that the gradient lies where it lay, and
    the curve is stretched so that they vary as much. What is beside the curve is that
    of other rows of the same piece of it, of one block after the other, so that a
    block's rows are still alike; ``blocks`` (n,) count from 0.
    """
    order = np.lexsort((rng.random_sample(len(X)), curve.places))
    shares = np.empty(len(X))
    shares[order] = (np.arange(len(X)) + 0.5) / len(X)
    pieces = (shares * curve.n_pieces).astype(int)
    shuffled = rng.permutation(int(blocks.max()) + 1)[blocks]
    # Of each piece, its rows block by block, and who gives to them in another order.
    takers = np.lexsort((blocks, pieces))
    givers = np.lexsort((rng.random_sample(len(X)), shuffled, pieces))
    beside = np.empty_like(X)
    beside[takers] = (X - curve.nearest)[givers]
    return _stretched(curve.points_at(shares), curve.nearest) + beside


def _stretched(
    points: NDArray[np.float64], like: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return points (n, d) that have the mean and the variance of others."""
    centred, others = points - points.mean(axis=0), like - like.mean(axis=0)
    length = float(np.linalg.norm(centred))
    ratio = float(np.linalg.norm(others)) / length if length > 0 else 1.0
    stretched: NDArray[np.float64] = like.mean(axis=0) + ratio * centred
    return stretched
