"""Relabellings of animals: all of them where they are few, else some at random."""

from collections.abc import Iterator
from itertools import combinations, product
from math import comb

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

_AT_A_TIME = 2000


def count_relabellings(n_first: int, n_second: int, *, paired: bool) -> int:
    """Return in how many ways animals can be dealt to the groups, or signs to pairs."""
    return 2**n_first if paired else comb(n_first + n_second, n_first)


def smallest_p_value(n_first: int, n_second: int, *, paired: bool) -> float:
    """Return the least two-sided p value that so many animals can give."""
    mirrored = paired or n_first == n_second
    ways = count_relabellings(n_first, n_second, paired=paired)
    return min(1.0, (1 + mirrored) / ways)


def least_animals(level: float, *, paired: bool) -> int:
    """Return the least number per group (of pairs) whose p value can reach a level."""
    n_animals = 2
    while smallest_p_value(n_animals, n_animals, paired=paired) > level:
        n_animals += 1
    return n_animals


def relabel(
    n_first: int,
    n_second: int,
    *,
    paired: bool,
    n_random: int | None,
    rng: RandomState,
) -> Iterator[NDArray[np.bool_]]:
    """Yield relabellings (m, n), which are of the first group, or of changed sign.

    ``n_random`` None: each of them once, the labels as they are being the first.
    """
    if n_random is not None:
        for start in range(0, n_random, _AT_A_TIME):
            m = min(_AT_A_TIME, n_random - start)
            if paired:
                yield rng.random_sample((m, n_first)) < 0.5
            else:
                order = rng.random_sample((m, n_first + n_second)).argsort(axis=1)
                yield order < n_first
        return
    n = n_first if paired else n_first + n_second
    if paired:
        everything = np.array(list(product((False, True), repeat=n)))
    else:
        chosen = np.array(list(combinations(range(n), n_first)))
        everything = np.zeros((len(chosen), n), dtype=bool)
        np.put_along_axis(everything, chosen, values=True, axis=1)
    for start in range(0, len(everything), _AT_A_TIME):
        yield everything[start : start + _AT_A_TIME]
