"""Whether the clusters of a pipeline are more than a gradient cut into as many."""

from collections.abc import Sequence
from math import isnan, nan
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.clustering.stability._stability_of_clusters import (
    LEAST_BLOCKS,
    stability_of_clusters,
)
from sklearn_microarch.trust._limits import MOST_P
from sklearn_microarch.trust._map_verdict import MapVerdict
from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork

MOST_ROWS, MOST_GRADIENTS, N_HALVINGS = 3000, 39, 3
# Halves of the blocks are of unlike size, and each must hold some of every cluster.
_ROWS_PER_CLUSTER = 20


def chance_of_number(
    clusterer: Any,  # noqa: ANN401 - the last step of a pipeline
    cells: TissueCells,
    ours: MapsOfNetwork,
    n_shifts: int,
    rng: RandomState,
) -> float:
    """Return the share of gradients whose pieces come again as well as the clusters do.

    Of the annotated cells. NaN where `has_number` is False, or clusters cannot be
    fitted to a half.
    """
    if ours.clustered is None or not has_number(clusterer, cells, ours.clustered):
        return nan
    kept = cells.annotated
    rows, blocks = ours.clustered[kept], cells.blocks()[kept]
    number = int(clusterer.n_clusters)
    try:
        found = stability_of_clusters(
            rows,
            [number],
            blocks,
            clusterer=clusterer,
            n_halvings=N_HALVINGS,
            n_draws=min(n_shifts, MOST_GRADIENTS),
            max_samples=MOST_ROWS,
            random_state=rng,
        )
    except ValueError:
        # A covariance of a half may be singular; the other verdicts stand.
        return nan
    return float(found.p_values[0])


def has_number(
    clusterer: Any,  # noqa: ANN401 - the last step of a pipeline
    cells: TissueCells,
    rows: NDArray,
) -> bool:
    """Tell whether it can be asked if so many clusters are more than a gradient.

    It takes two clusters, a clusterer whose number can be set, blocks to halve, and
    rows (n, d) that vary and are many for each cluster.
    """
    if "n_clusters" not in clusterer.get_params():
        return False
    kept, number = cells.annotated, int(clusterer.n_clusters)
    return (
        number >= 2
        and len(np.unique(cells.blocks()[kept])) >= LEAST_BLOCKS
        and kept.sum() >= _ROWS_PER_CLUSTER * number
        and bool(np.ptp(rows[kept]) > 0)
    )


def words_on_number(verdicts: Sequence[MapVerdict]) -> str:
    """Return a sentence on how many clusters there are; "" of no two clusters."""
    clusters = [one for one in verdicts if one.kind == "cluster"]
    if len(clusters) < 2:
        return ""
    number, p_value = len(clusters), clusters[0].p_number
    if isnan(p_value):
        return (
            f"Whether {number} clusters are more than a gradient cut into {number} "
            "cannot be told here."
        )
    if p_value <= MOST_P:
        return (
            f"The number of clusters, {number}, is supported: they come again in two "
            "halves of the tissue better than pieces of a gradient "
            f"(p = {p_value:.3f})."
        )
    return (
        f"The number of clusters, {number}, is not supported: pieces of a gradient "
        f"come again as well (p = {p_value:.3f}), so that where two of them meet need "
        "be no border."
    )
