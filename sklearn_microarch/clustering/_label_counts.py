"""How often each region occurs in each cluster, for two slices alike."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import annotated_rows, check_roi_labels


def count_labels(
    clusters: tuple[ArrayLike, ArrayLike],
    labels: tuple[ArrayLike, ArrayLike],
    *,
    unannotated: int | str | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count the rows of each cluster and label, with the same columns for both.

    Parameters
    ----------
    clusters : tuple of array-like of shape (n_samples,), dtype int
        Cluster of each row of either slice; -1 for none.
    labels : tuple of array-like of shape (n_samples,)
        Region of each row of either slice: integers or strings.
    unannotated : int, str or None
        Label of rows to leave out. None: none.

    Returns
    -------
    counts_a, counts_b : ndarray of shape (n_clusters, n_labels)
        Columns follow the sorted labels of both slices together.

    Raises
    ------
    TypeError
        If clusters are no integers, or labels mix types.
    ValueError
        If lengths differ, a cluster has no annotated row, or the two slices have
        no label in common.
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
        if np.ndim(given) != 1:
            raise ValueError(
                f"{name}_{side} has shape {np.shape(given)}; give one value for each "
                "row, of maps those of the mapped pixels: map[mask]."
            )
    ids = np.asarray(clusters)
    regions = check_roi_labels(labels, name=f"labels_{side}")
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
    kept = annotated_rows(regions, unannotated) & (ids >= 0)
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
    cells = ids.astype(np.intp) * len(names) + np.searchsorted(names, regions)
    counts = np.bincount(cells, minlength=n_clusters * len(names))
    return counts.reshape(n_clusters, len(names)).astype(np.float64)
