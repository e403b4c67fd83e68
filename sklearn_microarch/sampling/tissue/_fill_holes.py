"""Fill holes of a mask strip by strip, in little more memory than the mask takes."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.sampling.tissue._packed_mask import PackedMask, mask_strips

Mask = TypeVar("Mask", NDArray[np.bool_], PackedMask)


def fill_holes(mask: Mask) -> Mask:
    """Fill, in place, what is False and does not reach the mask's edge; return it.

    Pixels are connected along rows and columns.
    """
    height = mask.shape[0]
    parts = list(mask_strips(mask.shape))
    # Each piece of the ground has a number; 0 is what lies beyond the edge.
    parents = [0]
    firsts, last_row = [], None
    for strip in parts:
        found, n_pieces = ndimage.label(~mask[strip])
        first = len(parents) - 1
        firsts.append(first)
        parents.extend(range(first + 1, first + n_pieces + 1))
        numbers = np.where(found > 0, found + first, -1)
        rims = [numbers[:, 0], numbers[:, -1]]
        if strip.start == 0:
            rims.append(numbers[0])
        if strip.stop == height:
            rims.append(numbers[-1])
        for number in np.unique(np.concatenate(rims)).tolist():
            if number >= 0:
                _unite(parents, number, 0)
        if last_row is not None:
            both = (last_row >= 0) & (numbers[0] >= 0)
            pairs = np.unique(
                np.stack([last_row[both], numbers[0][both]], axis=1), axis=0
            )
            for one, other in pairs.tolist():
                _unite(parents, one, other)
        last_row = numbers[-1]
    roots = np.array([_root(parents, number) for number in range(len(parents))])
    if not roots.any():
        return mask
    for strip, first in zip(parts, firsts, strict=True):
        found, n_pieces = ndimage.label(~mask[strip])
        enclosed = np.concatenate(
            [[False], roots[first + 1 : first + n_pieces + 1] > 0]
        )
        mask[strip] |= enclosed[found]
    return mask


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def _unite(parents: list[int], one: int, other: int) -> None:
    low, high = sorted((_root(parents, one), _root(parents, other)))
    parents[high] = low
