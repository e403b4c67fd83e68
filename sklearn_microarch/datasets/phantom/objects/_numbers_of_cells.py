"""Fewer or more cells than usual: which go first, and how many come."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Kind", "even_ranks", "number_in_kind"]

#: Indices of entries in a table of regions and layers.
Kind = tuple[NDArray, NDArray]

_GOLDEN = 0.5 * (5**0.5 - 1)


def even_ranks(
    height: NDArray, kind: Kind, start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a number from 0 to 1 for each entry (n,), uniform within each kind.

    Multiples of the golden ratio in the order of ``height``, from a random ``start``
    for each kind: of any range of heights the same share lies below a threshold.
    """
    order = np.argsort(height, kind="stable")
    number = np.empty(len(height), dtype=np.intp)
    number[order] = number_in_kind((kind[0][order], kind[1][order]), start.shape)
    ranks: NDArray[np.float64] = (start[kind] + _GOLDEN * number) % 1
    return ranks


def number_in_kind(kind: Kind, shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Return how many entries of the same kind come before each (n,)."""
    flat = np.ravel_multi_index(kind, shape)
    order = np.argsort(flat, kind="stable")
    number = np.empty(len(flat), dtype=np.intp)
    number[order] = np.arange(len(flat)) - np.searchsorted(flat[order], flat[order])
    return number
