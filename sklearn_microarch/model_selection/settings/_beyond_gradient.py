"""Whether a number of clusters is more than a gradient cut into as many pieces."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.clustering import stability_of_clusters
from sklearn_microarch.clustering.stability._stability_of_clusters import (
    LEAST_BLOCKS,
)
from sklearn_microarch.model_selection.settings._folds import BlockedRows

_MOST_P, _N_DRAWS = 0.05, 39


def doubts_on_number(
    loadings: NDArray[np.floating], n_clusters: int, tissue: BlockedRows, seed: int
) -> str:
    """Return why so many clusters may be one gradient, "" where they are more."""
    if n_clusters < 2:
        return ""
    if tissue.n_blocks < LEAST_BLOCKS:
        return (
            f"{n_clusters} clusters are found again in another half of the tissue, but "
            f"{tissue.n_blocks} blocks do not tell them from a gradient cut into as "
            f"many pieces; {LEAST_BLOCKS} are needed."
        )
    found = stability_of_clusters(
        loadings, [n_clusters], tissue.blocks, n_draws=_N_DRAWS, random_state=seed
    )
    p_value = float(found.p_values[0])
    if p_value <= _MOST_P:
        return ""
    return (
        f"{n_clusters} clusters are found again in another half of the tissue, and so "
        f"are as many pieces of a gradient that has no borders (p = {p_value:.2f})."
    )
