"""What maps are made of in an OME-Zarr image: which arrays, of what, named how."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.mapping.reading._open_maps import (
    CLUSTERS,
    NOVELTY,
    REGIONS,
    SLICE,
)

FACTORS, MOST_PROBABLE = "factors", "most probable"
# Clusters may be any numbers, such as those of an atlas.
CLUSTER_TYPE = np.dtype(np.uint32)
LABEL_TYPE = np.dtype(np.uint16)
# What viewers show as black and as full colour; 1 is the border of what is known.
NOVELTY_WINDOW = (0.0, 2.0)


@dataclass(frozen=True)
class StoredKind:
    """One image within the whole, or one label image where it has no channels."""

    kind: str
    # Of the group that holds its pyramid; "" is the main image.
    group: str
    dtype: np.dtype
    channels: list[str] = field(default_factory=list)
    window: tuple[float, float] | None = None
    # What is known of each label.
    properties: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def is_label(self) -> bool:
        """Whether it holds labels, and no channels."""
        return not self.channels


def stored_kinds(maps: MicroarchMaps, sample: MappedRows) -> list[StoredKind]:
    """Return what holds maps that are without values yet; ``sample`` is one row.

    The main image, which comes first, holds the factors, or the region probabilities
    where there are no factors, or else the slice. What is not the main image is an
    image within it. Clusters and the most probable regions are labels, which begin at
    1: 0 is background.
    """
    found: list[StoredKind] = []
    regions = sample.region_probabilities
    if sample.factors is not None:
        dtype = stored_as(sample.factors)
        found.append(StoredKind(FACTORS, "", dtype, maps.factor_names))
    if regions is not None:
        group = REGIONS if found else ""
        found.append(StoredKind(REGIONS, group, stored_as(regions), maps.region_names))
    group = SLICE if found else ""
    if sample.novelty is not None:
        dtype = stored_as(sample.novelty)
        found.append(StoredKind(NOVELTY, NOVELTY, dtype, [NOVELTY], NOVELTY_WINDOW))
    found.append(_slice_kind(maps, group))
    if sample.clusters is not None:
        found.append(StoredKind(CLUSTERS, f"labels/{CLUSTERS}", CLUSTER_TYPE))
    if regions is not None:
        about = {at + 1: {"region": n} for at, n in enumerate(maps.region_names)}
        found.append(
            StoredKind(MOST_PROBABLE, f"labels/{REGIONS}", LABEL_TYPE, properties=about)
        )
    return found


def _slice_kind(maps: MicroarchMaps, group: str) -> StoredKind:
    image = maps.image
    n_channels = image.n_channels or 1
    several = [f"channel{at}" for at in range(n_channels)]
    dtype = np.dtype(np.uint8) if image.dtype == bool else image.dtype
    return StoredKind(SLICE, group, dtype, several if n_channels > 1 else ["slice"])


def stored_as(values: NDArray) -> np.dtype:
    """Return a type that has NaN, for where there is no value."""
    return values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)


def as_labels(clusters: NDArray) -> NDArray[np.int64]:
    """Return labels from 1 on, 0 where a cluster is -1."""
    labels = clusters.astype(np.int64) + 1
    if labels.min() < 0 or labels.max() > np.iinfo(CLUSTER_TYPE).max:
        raise ValueError(
            f"clusters from {clusters.min()} to {clusters.max()} do not fit a label "
            "image, which holds -1 (none) to 4294967294. Keep the maps in memory."
        )
    return labels
