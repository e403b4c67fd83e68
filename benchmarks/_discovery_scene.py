"""Slices with something in them that a network is not told of, and what it sees."""

from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray

from sklearn_microarch import (
    CNNFeatureExtractor,
    Patches,
    PatchSampler,
    SliceImage,
    __version__,
)

CACHE = Path(__file__).parent / "out" / "discovery"
# A network that learns nothing: its weights stay those it starts from, and batch
# normalisation settles on the slice.
UNTRAINED = {"lr": 1e-12, "max_epochs": 2}
# Below this a probability says no more than that it is small.
LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True)
class Settings:
    """Sizes in pixels; so many patches of each region, or texture, are trained on."""

    size: int = 128
    stride: int = 16
    n_patches: int = 250
    n_mosaic_patches: int = 100
    shape: tuple[int, int] = (1420, 5805)
    mosaic_shape: tuple[int, int] = (1000, 2000)
    piece_um: float = 600.0

    @property
    def block(self) -> int:
        """Edge of a block: few patches reach into the next."""
        return 2 * self.size


SMALL = Settings(24, 8, 40, 40, (256, 1024), (300, 600), 150.0)


@dataclass(frozen=True, eq=False)
class Scene:
    """Cells of a slice that are judged, and where features of networks are kept."""

    name: str
    cells: Patches
    n_patches: int

    def seen(
        self, key: str, patches: Patches, labels: NDArray, seed: int, **settings: object
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return features and log probabilities by a network trained on some rows."""
        net = CNNFeatureExtractor(
            max_patches_per_class=self.n_patches,
            validation=None,
            random_state=seed,
            **settings,
        )
        what = (__version__, net.get_params(), patches.positions, labels)
        told = joblib.hash((*what, self.cells.positions))
        path = CACHE / f"{self.name}-{key}-{told[:8]}.npz"
        if not path.exists():
            CACHE.mkdir(exist_ok=True, parents=True)
            features = net.fit(patches, labels).transform(self.cells)
            shares = net.predict_proba_from_features(features)
            logs = np.log(np.maximum(shares, LEAST_PROBABILITY)).astype(np.float32)
            np.savez(path, features=features, logs=logs)
            print(f"trained {self.name} {key}", flush=True)
        known = np.load(path)
        return known["features"], known["logs"]


def cells_of(
    image: SliceImage, rois: NDArray, settings: Settings, tissue: str | None = "auto"
) -> tuple[Patches, NDArray, Patches, NDArray]:
    """Return annotated cells with their codes, and rows to train on with theirs."""
    sampler = PatchSampler(
        settings.size, stride=settings.stride, tissue=tissue, random_state=0
    )
    rows, labels = sampler.sample(image, rois)
    cells = sampler.fit(rows).transform(image)
    codes = rois[tuple(cells.positions[:, 1:].T)].astype(np.int64)
    return cells.take(np.flatnonzero(codes)), codes[codes > 0], rows, labels
