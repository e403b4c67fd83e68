"""Share a number of draws out evenly: over specimens, then over the slices of each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def even_shares(n_wanted: int, offers: ArrayLike) -> NDArray[np.intp]:
    """Return how many to take of each offer (n,), as evenly as they allow.

    What offers little gives all it has, and the others fill up. What cannot be divided
    goes to the first.
    """
    at_hand = np.asarray(offers, dtype=np.intp)
    shares = np.zeros_like(at_hand)
    left = min(n_wanted, int(at_hand.sum()))
    while left:
        has_more = np.flatnonzero(shares < at_hand)
        # One each to the first ones, where there is less than one for each.
        has_more = has_more[:left]
        step = left // len(has_more)
        given = np.minimum(step, at_hand[has_more] - shares[has_more])
        shares[has_more] += given
        left -= int(given.sum())
    return shares


def shares_of_slices(
    n_wanted: int, offers: ArrayLike, specimens: Sequence[str | None]
) -> NDArray[np.intp]:
    """Return how many to take of each slice (n_slices,): evenly over specimens first.

    A slice of an unknown specimen is shared out to as one of its own.
    """
    at_hand = np.asarray(offers, dtype=np.intp)
    numbers = _specimen_numbers(specimens)
    totals = np.bincount(numbers, at_hand).astype(np.intp)
    shares = np.zeros_like(at_hand)
    for number, share in enumerate(even_shares(n_wanted, totals)):
        own = numbers == number
        shares[own] = even_shares(int(share), at_hand[own])
    return shares


def _specimen_numbers(specimens: Sequence[str | None]) -> NDArray[np.intp]:
    """Return the number (n_slices,) of each specimen, in the order they come."""
    known: dict[object, int] = {}
    keys = [(at,) if name is None else name for at, name in enumerate(specimens)]
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.intp)
