"""How often each region occurs in each cluster, for two slices alike."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import code_labels, place_labels
from sklearn_microarch._arguments._arrays import as_array


def count_labels(
    clusters: tuple[ArrayLike, ArrayLike],
    labels: tuple[ArrayLike, ArrayLike],
    *,
    unannotated: int | str | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count rows by cluster and label, (n_clusters, n_labels) for either slice.

    From clusters (n_samples,) of int, -1 for none, and labels (n_samples,) of both. The
    columns follow the sorted labels of both slices together.
    """
    rows = [
        _annotated(each, regions, side, unannotated)
        for each, regions, side in zip(clusters, labels, "ab", strict=True)
    ]
    (ids_a, regions_a), (ids_b, regions_b) = rows
    named_a, named_b = np.unique(regions_a), np.unique(regions_b)
    if not np.isin(named_a, named_b).any():
        raise ValueError(
            f"labels_a {named_a.tolist()} and labels_b {named_b.tolist()} have no "
            "label in common; use the same codes or names for both."
        )
    names = np.union1d(named_a, named_b)
    return _count(ids_a, regions_a, names), _count(ids_b, regions_b, names)


def _annotated(
    clusters: ArrayLike, labels: ArrayLike, side: str, unannotated: int | str | None
) -> tuple[NDArray[np.integer], NDArray]:
    """Return cluster and label of the rows that have both."""
    for name, given in (("clusters", clusters), ("labels", labels)):
        shape = as_array(f"{name}_{side}", given).shape
        if len(shape) != 1:
            raise ValueError(
                f"{name}_{side} has shape {shape}; give one value for each row, of "
                "maps those of the mapped pixels: map[mask]."
            )
    ids = as_array(f"clusters_{side}", clusters)
    coded = code_labels(labels, unannotated=unannotated, name=f"labels_{side}")
    regions = coded.labels
    if len(ids) != len(regions):
        raise ValueError(
            f"clusters_{side} has {len(ids)} rows and labels_{side} {len(regions)}; "
            "give one label for each row."
        )
    if ids.dtype.kind not in "iu":
        raise TypeError(
            f"clusters_{side} has dtype {ids.dtype}; with labels it must hold the "
            "number of each row's cluster."
        )
    if len(ids) and ids.min() < -1:
        raise ValueError(
            f"clusters_{side} holds {ids.min()}; clusters are numbered from 0, and -1 "
            "stands for none."
        )
    kept = coded.annotated & (ids >= 0)
    if not kept.any():
        raise ValueError(
            f"clusters_{side} and labels_{side} have no row with both a cluster and a "
            f"label other than {unannotated!r}; at least one is needed."
        )
    _check_consecutive(ids[kept], int(ids.max()), side)
    return ids[kept], regions[kept]


def _check_consecutive(kept: NDArray[np.integer], largest: int, side: str) -> None:
    found = np.unique(kept)
    if len(found) <= largest:
        missing = np.setdiff1d(np.arange(len(found) + 1), found)
        raise ValueError(
            f"clusters_{side} has clusters up to {largest}, but no annotated row of "
            f"cluster {missing[0]}, of which nothing is known then; annotate some, or "
            "leave such clusters out and number the others from 0."
        )


def _count(
    ids: NDArray[np.integer], regions: NDArray, names: NDArray
) -> NDArray[np.float64]:
    n_clusters = int(ids.max()) + 1
    cells = ids.astype(np.intp) * len(names) + place_labels(
        regions, names, name="labels"
    )
    counts = np.bincount(cells, minlength=n_clusters * len(names))
    return counts.reshape(n_clusters, len(names)).astype(np.float64)
