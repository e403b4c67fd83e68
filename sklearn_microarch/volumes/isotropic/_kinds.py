"""Which maps of a plane can be brought to cubes, and what they are called."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.mapping.sinks._stored_kinds import as_labels

SLICE = "slice"
# In this order: the first that is there is the main image.
IMAGES = ("factors", "probabilities", "novelty", SLICE)
LABELS = ("clusters", "regions")


@dataclass(frozen=True)
class CubeKind:
    """One kind of maps: its channels, none of labels, and their type."""

    name: str
    channels: list[str]
    dtype: np.dtype

    @property
    def is_label(self) -> bool:
        """Whether it holds labels."""
        return self.name in LABELS


def kind_of(maps: MicroarchMaps, name: str) -> CubeKind | None:
    """Return what a kind consists of; None where the maps have it not."""
    if name in LABELS:
        found = maps.clusters if name == "clusters" else maps.predicted_regions
        dtype = np.dtype(np.uint32 if name == "clusters" else np.uint16)
        return None if found is None else CubeKind(name, [], dtype)
    if name == SLICE:
        n, dtype = maps.image.n_channels or 1, maps.image.dtype
        stored = np.dtype(np.float32) if dtype.kind in "fb" else dtype
        several = [f"channel{at}" for at in range(n)]
        return CubeKind(name, several if n > 1 else [SLICE], stored)
    channels = {
        "factors": maps.factor_names if maps.factors is not None else [],
        "probabilities": maps.region_names,
        "novelty": [] if maps.novelty is None else ["novelty"],
    }[name]
    return CubeKind(name, list(channels), np.dtype(np.float32)) if channels else None


def values_of(maps: MicroarchMaps, kind: CubeKind) -> NDArray:
    """Return a plane's values (n_channels, height, width), or labels, 0 for none."""
    if kind.name == "clusters":
        return as_labels(np.asarray(maps.clusters))
    if kind.name == "regions":
        return np.asarray(maps.predicted_regions) + 1
    if kind.name == SLICE:
        pixels = maps.image.pixels
        return pixels.reshape(-1, *pixels.shape[-2:])
    if kind.name == "novelty":
        return np.asarray(maps.novelty)[np.newaxis]
    found = maps.factors if kind.name == "factors" else maps.region_probabilities
    return np.moveaxis(np.asarray(found), -1, 0)
