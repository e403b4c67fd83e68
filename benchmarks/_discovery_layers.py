"""Layers that clusters find where depth tells nothing; barrels that factors mark."""

import numpy as np
from _discovery_rows import cluster_all, learned, marking, unlearned
from _discovery_scene import UNTRAINED, Scene, Settings, cells_of
from _discovery_scores import (
    Choice,
    adjusted_information,
    draw_blocks,
    jackknife,
    resampled,
    summary,
    tables,
    within_bands,
)
from numpy.typing import NDArray

from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.spatial import spatial_blocks

N_RESAMPLES = 1000
CORTEX, L4, N_LAYERS, N_BANDS = 1, 3, 5, 10


def run_layers(seed: int, settings: Settings) -> dict:
    """Return agreement of clusters with layers, and how well barrels are marked."""
    made = make_thalamocortical_phantom(
        shape=settings.shape, six_class=True, uneven_layers=0.3, random_state=seed
    )
    cells, codes, rows, labels = cells_of(made.images[0], made.rois[0], settings)
    scene = Scene(f"layers{seed}", cells, settings.n_patches)
    where = tuple(cells.positions[:, 1:].T)
    layers, depths = made.layers[0][where], made.depths[0][where].astype(float)
    cortex = (codes == CORTEX) & (layers > 0) & np.isfinite(depths)
    untrained, _ = scene.seen("untrained", rows, labels, 0, **UNTRAINED)
    offered = learned(scene.seen("all", rows, labels, 0), codes, cortex, 0)
    offered |= unlearned(untrained, cells, cortex, 0)
    del offered["selected factors"]
    place = cells.take(np.flatnonzero(cortex))
    blocks = spatial_blocks(place, block_size=settings.block)
    found = find_layers(offered, depths[cortex], layers[cortex], blocks.labels)
    l4 = layers[cortex] == L4
    barrel = made.barrels[0][where][cortex][l4] > 0
    found["barrels in L4"] = find_barrels(
        {name: columns[l4] for name, columns in offered.items()},
        barrel,
        blocks.labels[l4],
        draw_blocks(blocks, N_RESAMPLES, 1),
    )
    return found | {"barrel share": float(barrel.mean())}


def find_layers(
    offered: dict[str, NDArray], depth: NDArray, layer: NDArray, blocks: NDArray
) -> dict:
    """Return the agreement of five clusters with layers, over all and within bands."""
    cuts = np.quantile(depth, np.linspace(0, 1, N_BANDS + 1)[1:-1])
    # Blocks and bands are one place, taken apart again for the scores.
    place = blocks * N_BANDS + np.searchsorted(cuts, depth)
    n_blocks = int(blocks.max()) + 1
    without_one = 1 - np.eye(n_blocks)
    inside, whole = {}, {}
    offered = offered | {"depth alone": depth[:, None]}
    for name, clusters in cluster_all(offered, N_LAYERS).items():
        counts = tables(place, clusters, layer)
        full = np.zeros((n_blocks * N_BANDS, *counts.shape[1:]))
        full[: len(counts)] = counts
        apart = full.reshape(n_blocks, N_BANDS, *counts.shape[1:])
        inside[name] = resampled(apart, without_one, within_bands)
        whole[name] = resampled(apart.sum(axis=1), without_one, _information)
    return {
        "within bands of depth": summary(inside, jackknife),
        "layers": summary(whole, jackknife),
    }


def _information(several: NDArray) -> NDArray:
    return np.array([adjusted_information(table) for table in several])


def find_barrels(
    offered: dict[str, NDArray], barrel: NDArray, blocks: NDArray, draws: NDArray
) -> dict:
    """Return the AUC of the column that marks barrels, chosen on other blocks."""
    held, blocks = np.unique(blocks, return_inverse=True)
    scores = {}
    for name, columns in marking(offered).items():
        scores[name] = Choice(columns, blocks).resampled(barrel, draws[:, held])
    return summary(scores)
