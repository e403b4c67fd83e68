"""Categories of cells as one Labels layer with names and colours."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LayerTuple = tuple[Any, dict[str, Any], str]

# What is painted by hand with a number that has no name yet must be seen.
_NEW = "#ffffff"
_CLEAR = "#00000000"
# Above, numbers are codes of an atlas and are counted anew.
_MOST_NUMBERS = 1000


def labels_layer(
    categories: NDArray,
    names: Sequence[str],
    colors: Mapping[str, str],
    *,
    column: str,
    **about: object,
) -> LayerTuple:
    """Return a layer of categories (rows, columns), numbered from 0, -1 where none.

    Category i becomes label i + 1. It is in memory, so that it can be corrected with
    the brush; ``column`` is what names are called in its table, ``about`` goes to the
    layer.
    """
    dtype = np.uint8 if len(names) < 250 else np.uint32
    settings = names_and_colors(names, colors, column=column)
    labels = (np.asarray(categories) + 1).astype(dtype)
    return labels, {**settings, **about}, "labels"


def names_and_colors(
    names: Sequence[str], colors: Mapping[str, str], *, column: str
) -> dict[str, Any]:
    """Return the table and the colours of a Labels layer; label i + 1 is name i."""
    index = list(range(1, len(names) + 1))
    colormap: dict[int | None, str] = {None: _NEW, 0: _CLEAR}
    colormap |= {at: colors[name] for at, name in zip(index, names, strict=True)}
    table = {"index": [0, *index], column: ["", *names]}
    return {"features": table, "colormap": colormap}


def number_clusters(clusters: NDArray) -> tuple[NDArray[np.int64], list[str]]:
    """Return clusters (rows, columns) numbered from 0, -1 where none; and their names.

    Numbers stay, so that a cluster has its colour also where others are missing.
    """
    if clusters.dtype.kind in "US":
        found = np.unique(clusters)
        found = found[found != clusters.dtype.type()]
        names = [str(name) for name in found]
    else:
        found = np.unique(clusters[clusters >= 0])
        if len(found) and found[-1] < _MOST_NUMBERS:
            found = np.arange(found[-1] + 1)
        names = [f"cluster {number}" for number in found]
    return place_among(found, clusters), names


def place_among(known: NDArray, values: NDArray) -> NDArray[np.int64]:
    """Return where values stand among known ones, which ascend; -1 where nowhere."""
    if not len(known):
        return np.full(values.shape, -1, dtype=np.int64)
    at = np.searchsorted(known, values).clip(0, len(known) - 1)
    return np.where(known[at] == values, at, -1)
