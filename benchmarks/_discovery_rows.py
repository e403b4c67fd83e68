"""Cells of a slice as each contender sees them: networks, factors, hand-made numbers.

A contender is a matrix with a row for each cell. Each goes through the same mixture,
and is offered the same choice of a column, so that only what it sees differs.
"""

import warnings

import numpy as np
from _region_baselines import BATCH, gabor_energies
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.preprocessing import StandardScaler

from sklearn_microarch import (
    CoverageLeakageSelector,
    GMMClusterer,
    NMFEmbedder,
    Patches,
)

N_FACTORS = 15


def grey_statistics(patches: NDArray) -> NDArray:
    """Return mean, deviation, skewness and mean gradient of patches (b, size, size)."""
    grey = patches.astype(np.float32)
    mean, std = grey.mean(axis=(1, 2)), grey.std(axis=(1, 2))
    standard = (grey - mean[:, None, None]) / np.maximum(std, 1e-3)[:, None, None]
    slopes = [ndimage.sobel(grey, axis=axis) / 8 for axis in (1, 2)]
    steep = np.hypot(*slopes).mean(axis=(1, 2))
    return np.stack([mean, std, (standard**3).mean(axis=(1, 2)), steep], axis=1)


HANDMADE = {"grey statistics": grey_statistics, "Gabor energies": gabor_energies}


def handmade(cells: Patches) -> dict[str, NDArray]:
    """Return descriptors that need no network, each column of unit variance."""
    starts = range(0, len(cells), BATCH)
    rows = [np.arange(at, min(at + BATCH, len(cells))) for at in starts]
    return {
        name: StandardScaler().fit_transform(
            np.concatenate([function(cells.gather(some)) for some in rows])
        )
        for name, function in HANDMADE.items()
    }


def marking(offered: dict[str, NDArray]) -> dict[str, NDArray]:
    """Return columns of which a high value marks; what is hand-made may be low too."""
    return {
        name: np.hstack([columns, -columns]) if name in HANDMADE else columns
        for name, columns in offered.items()
    }


def factors_of(features: NDArray, seed: int) -> NDArray:
    """Return loadings (n, 15) of the factors of all rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return NMFEmbedder(N_FACTORS, random_state=seed).fit_transform(features)


def learned(
    seen: tuple[NDArray, NDArray], regions: NDArray, judged: NDArray, seed: int
) -> dict[str, NDArray]:
    """Return what is made of a network's features and log probabilities.

    All rows are learned from, and those that are judged returned. ``regions`` (n,) is
    what the network was told of, 0 for nothing.
    """
    features, logs = seen
    factors = factors_of(features, seed)
    selector = CoverageLeakageSelector(lam=1.0, normalize=True, unannotated=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        selected = selector.fit(factors, regions).transform(factors)
    found = {
        "factors": factors,
        "selected factors": selected,
        "features": features,
        "softmax": logs,
    }
    return {name: columns[judged] for name, columns in found.items()}


def unlearned(
    untrained: NDArray, cells: Patches, judged: NDArray, seed: int
) -> dict[str, NDArray]:
    """Return what a network sees that learned nothing, and what needs none."""
    return {
        "untrained network's factors": factors_of(untrained, seed)[judged],
        "untrained network": untrained[judged],
        **handmade(cells.take(np.flatnonzero(judged))),
    }


def cluster(columns: NDArray, n_clusters: int, seed: int) -> GMMClusterer:
    """Return a mixture fitted to some rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return GMMClusterer(n_clusters, random_state=seed).fit(columns)


def cluster_all(
    offered: dict[str, NDArray], n_clusters: int
) -> dict[str, NDArray[np.intp]]:
    """Return the cluster of each row by each contender's mixture."""
    return {
        name: cluster(columns, n_clusters, 0).predict(columns)
        for name, columns in offered.items()
    }
