"""Are maps of one network found again in another's, on the same cells."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._assignment import match_one_to_one
from sklearn_microarch.trust.nuisances._within import without_region_means


def correlations(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the correlation (k, m) of columns (n, k) and (n, m); 0 of constants."""
    scaled = []
    for values in (one, other):
        centred = values - values.mean(axis=0)
        length = np.sqrt((centred**2).sum(axis=0))
        tiny = length <= 1e-9 * (1 + np.abs(values).max(initial=0.0))
        scaled.append(np.where(tiny, 0.0, centred / np.where(tiny, 1.0, length)))
    return np.asarray(scaled[0].T @ scaled[1])


def found_again(
    ours: NDArray[np.float64], theirs: NDArray[np.float64], codes: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the correlation (k,) of each map with its partner: all over, and inside.

    Maps (n, k) and (n, m) are matched one to one so that the summed correlation is
    largest. Inside: of annotated cells (codes of 0 and more), less the regions' means.
    0 where a map has no partner.
    """
    whole, within = np.zeros(ours.shape[1]), np.zeros(ours.shape[1])
    if not ours.shape[1] or not theirs.shape[1]:
        return whole, within
    alike = correlations(ours, theirs).clip(0.0, 1.0)
    pairs = match_one_to_one(alike, np.sqrt(1.0 - alike))
    whole[pairs.a] = pairs.similarity
    kept = codes >= 0
    inside = [
        without_region_means(values[kept], codes[kept]) for values in (ours, theirs)
    ]
    within[pairs.a] = correlations(*inside)[pairs.a, pairs.b]
    return whole, within
