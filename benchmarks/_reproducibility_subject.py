"""A slice in two strips, with networks of separate seeds for each, for benchmarks."""

from pathlib import Path

import joblib
import numpy as np
from _last_layer import describe, read_averages
from features import read_slice
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import KDTree

from sklearn_microarch import CNNFeatureExtractor, PatchSampler
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.model_selection import SpatialBlockKFold
from sklearn_microarch.spatial import spatial_blocks

CACHE = Path(__file__).parent / "out" / "reproducibility"
# Cells of the slice to a patch's edge, and patches to the edge of a block.
CELLS, BLOCK = 5, 4
# A phantom whose networks train in seconds.
SMALL = {"shape": (350, 1400), "patch": 32, "n_patches": 500}


class Subject:
    """A slice in two strips, its cells, and networks of two seeds for each strip."""

    def __init__(self, phantom: int | None, *, small: bool = False) -> None:
        sampler = {"random_state": 0}
        if phantom is None:
            self.name, made = "real", None
            self.image, self.rois = read_slice(six_class=True)
        else:
            self.name = f"{'small' if small else 'phantom'}{phantom}"
            shape = {"shape": SMALL["shape"]} if small else {}
            made = make_thalamocortical_phantom(
                six_class=True, random_state=phantom, **shape
            )
            self.image, self.rois = made.images[0], made.rois[0]
        if small:
            sampler |= {
                "patch_size": SMALL["patch"],
                "n_patches_per_roi": SMALL["n_patches"],
            }
        self.sampler = PatchSampler(**sampler)
        self.rows, self.labels = self.sampler.sample(self.image, self.rois)
        edge = self.rows.patch_size
        self.cells = self.sampler.fit(self.rows).cut(self.image, stride=edge // CELLS)
        at = self.cells.positions[:, 1:]
        self.codes = np.asarray(self.rois)[tuple(at.T)].astype(np.int64) - 1
        block = spatial_blocks(self.cells, block_size=BLOCK * edge).labels
        self.block = block
        # Neighbours in a chequerboard of blocks are never in one half.
        self.half = np.random.default_rng(0).permutation(block.max() + 1)[block] % 2
        self.truth = None if made is None else shares_of_layers(made, at, edge)
        grey = np.asarray(self.rows.take(slice(0, 2000)), dtype=np.float32)
        scale = float(grey.mean()), float(grey.std())
        self.described = [
            describe(patches, *scale) for patches in (self.rows, self.cells)
        ]
        folds = SpatialBlockKFold(2).split(self.rows, self.labels)
        self.strips = [train for train, _ in folds]

    def network(self, strip: int, seed: int) -> dict[str, NDArray]:
        """Return features (n_cells, 64) and averages of a network of one strip.

        ``own_cells`` are those that lie where its training patches do.
        """
        CACHE.mkdir(exist_ok=True, parents=True)
        network = CNNFeatureExtractor(validation=None, random_state=seed)
        rows = self.strips[strip]
        settings = joblib.hash((network.get_params(), self.rows[rows]))
        path = CACHE / f"{self.name}-{strip}-{seed}-{settings[:8]}.npz"
        if not path.exists():
            network.fit(self.rows[rows], self.labels[rows])
            np.savez(
                path,
                features=network.transform(self.cells),
                averages=read_averages(network, self.cells),
                of_rows=read_averages(network, self.rows[rows]),
            )
            print(f"trained {path.stem}", flush=True)
        own = KDTree(self.rows.positions[rows, 1:])
        near, _ = own.query(self.cells.positions[:, 1:])
        own_cells = near < self.rows.patch_size / 2
        return dict(np.load(path)) | {"rows": rows, "own_cells": own_cells}


def shares_of_layers(made: object, at: NDArray, edge: int) -> NDArray:
    """Return the share (n, q) of each layer, and last of barrels, in each patch."""
    layers, barrels = made.layers[0], made.barrels[0] > 0
    kinds = [layers == kind for kind in np.unique(layers[layers > 0])]
    return np.column_stack(
        [
            ndimage.uniform_filter(kind.astype(np.float32), edge)[tuple(at.T)]
            for kind in [*kinds, barrels]
        ]
    )
