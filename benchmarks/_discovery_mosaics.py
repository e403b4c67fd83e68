"""Two textures under one name, and what a mixture finds inside it."""

import numpy as np
from _discovery_rows import cluster_all, learned, unlearned
from _discovery_scene import UNTRAINED, Scene, Settings, cells_of
from _discovery_scores import adjusted_rand, draw_blocks, resampled, summary, tables
from numpy.typing import NDArray

from sklearn_microarch.datasets import make_texture_mosaic
from sklearn_microarch.spatial import border_distance, spatial_blocks

N_RESAMPLES = 1000


def run_mosaic(
    seed: int, settings: Settings, grey: dict[str, float]
) -> dict[str, dict[str, NDArray]]:
    """Return agreement of clusters with hidden textures, and resamples of it."""
    made = make_texture_mosaic(
        shape=settings.mosaic_shape,
        piece_um=settings.piece_um,
        random_state=seed,
        **grey,
    )
    rois, textures = made.rois[0], made.textures[0]
    cells, codes, rows, labels = cells_of(made.images[0], rois, settings, tissue=None)
    scene = Scene(
        name_of("mosaic", grey) + f"-{seed}", cells, settings.n_mosaic_patches
    )
    hidden = codes == 1
    untrained, _ = scene.seen("untrained", rows, labels, 0, **UNTRAINED)
    offered = learned(scene.seen("merged", rows, labels, 0), codes, hidden, 0)
    offered |= unlearned(untrained, cells, hidden, 0)
    at = cells.positions[hidden, 1:]
    offered["place alone"] = at / at.std(axis=0)
    clusters = cluster_all(offered, 2)
    inner = border_distance(textures)[tuple(at.T)] > settings.size / 2
    found = {}
    for where, kept in (("anywhere", np.ones_like(inner)), ("off borders", inner)):
        place = cells.take(np.flatnonzero(hidden)[kept])
        blocks = spatial_blocks(place, block_size=settings.block)
        draws = draw_blocks(blocks, N_RESAMPLES, seed)
        truth = textures[tuple(at[kept].T)]
        found[where] = {
            name: resampled(
                tables(blocks.labels, own[kept], truth), draws, adjusted_rand
            )
            for name, own in clusters.items()
        }
    return found


def over_mosaics(several: list[dict[str, NDArray]]) -> dict[str, NDArray]:
    """Return means over mosaics, and over mosaics and blocks drawn anew."""
    rng = np.random.default_rng(0)
    shape = (N_RESAMPLES, len(several))
    which, row = (
        rng.integers(len(several), size=shape),
        rng.integers(1, N_RESAMPLES, shape),
    )
    found = {}
    for name in several[0]:
        scores = np.stack([one[name] for one in several])
        drawn = scores[which, row].mean(axis=1)
        found[name] = np.concatenate([[scores[:, 0].mean()], drawn])
    return found


def name_of(what: str, grey: dict[str, float]) -> str:
    """Return a name with the grey levels of contrast and noise."""
    return what + "".join(f", {key} {value:g}" for key, value in grey.items())


def run_mosaics(n_mosaics: int, settings: Settings, grey: dict[str, float]) -> dict:
    """Return agreement with hidden textures, over mosaics and of each."""
    several = [run_mosaic(seed, settings, grey) for seed in range(n_mosaics)]
    found = {}
    for where in several[0]:
        found[where] = summary(over_mosaics([one[where] for one in several]))
        for name, row in found[where].items():
            row["each"] = [round(float(one[where][name][0]), 4) for one in several]
    return found
