"""What a selection of factors has in common, and how much it covers together."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import gen_batches

from sklearn_microarch.selection._activity import Activity

_SAMPLES_PER_BATCH = 65_536


def mean_overlap(activity: Activity, factors: NDArray[np.integer]) -> float:
    """Return the mean Jaccard index, 0 to 1, of all pairs of some factors.

    0 for a single factor, and for a pair that is never active.
    """
    common = np.zeros((len(factors), len(factors)), dtype=np.int64)
    pairs = list(combinations(range(len(factors)), 2))
    for rows in gen_batches(activity.packed.shape[1], _SAMPLES_PER_BATCH):
        active = [
            (activity.packed[factor // 8, rows] & np.uint8(1 << factor % 8)) != 0
            for factor in factors.tolist()
        ]
        for index, on in enumerate(active):
            common[index, index] += np.count_nonzero(on)
        for a, b in pairs:
            common[a, b] += np.count_nonzero(active[a] & active[b])
    overlaps = [
        common[a, b] / max(1, common[a, a] + common[b, b] - common[a, b])
        for a, b in pairs
    ]
    return float(np.mean(overlaps)) if overlaps else 0.0


def count_covered(activity: Activity, factors: NDArray[np.integer]) -> int:
    """Return the number of samples where at least one of some factors is active."""
    masks = np.zeros(len(activity.packed), dtype=np.uint8)
    np.bitwise_or.at(masks, factors // 8, (1 << factors % 8).astype(np.uint8))
    covered = np.zeros(activity.packed.shape[1], dtype=np.uint8)
    for octets, mask in zip(activity.packed, masks, strict=True):
        covered |= octets & mask
    return int(np.count_nonzero(covered))
