"""Whether the clusters of a pipeline are more than a gradient cut into as many."""

from collections.abc import Sequence
from math import isnan, nan
from typing import Any

import numpy as np
from numpy.random import RandomState

from sklearn_microarch.clustering.stability._stability_of_clusters import (
    LEAST_BLOCKS,
    stability_of_clusters,
)
from sklearn_microarch.trust._limits import MOST_P
from sklearn_microarch.trust._map_verdict import MapVerdict
from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork

MOST_ROWS, MOST_GRADIENTS, N_HALVINGS = 3000, 39, 3


def chance_of_number(
    clusterer: Any,  # noqa: ANN401 - the last step of a pipeline
    cells: TissueCells,
    ours: MapsOfNetwork,
    n_shifts: int,
    rng: RandomState,
) -> float:
    """Return the share of gradients whose pieces come again as well as the clusters do.

    Of the annotated cells. NaN where there are no two clusters, too few blocks to
    halve, a clusterer whose number cannot be set, or rows that do not vary.
    """
    if ours.clustered is None or "n_clusters" not in clusterer.get_params():
        return nan
    kept = cells.annotated
    rows, blocks = ours.clustered[kept], cells.blocks()[kept]
    number = int(clusterer.n_clusters)
    if number < 2 or len(np.unique(blocks)) < LEAST_BLOCKS or not np.ptp(rows) > 0:
        return nan
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
    return float(found.p_values[0])


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
