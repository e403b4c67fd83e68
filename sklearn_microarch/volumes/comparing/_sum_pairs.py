"""Read neighbouring planes of maps in bands of rows, each value once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.mapping import MicroarchMaps, open_maps
from sklearn_microarch.volumes.comparing._paired_sums import PairedSums
from sklearn_microarch.volumes.store._volume_layout import CHUNK


@dataclass(frozen=True)
class Band:
    """Some rows of a plane: what they hold, and where they hold anything."""

    factors: NDArray | None
    clusters: NDArray | None
    # Away from what has no value.
    inside: NDArray[np.bool_]


def sum_pairs(path: Path, planes: Sequence[int], margin: float) -> list[PairedSums]:
    """Return the sums of each plane and the next of some planes.

    Cells count whose neighbours up to ``margin``, in cells, have values on both.
    """
    first = open_maps(path, z=planes[0])
    sums = [PairedSums(len(first.factor_names)) for _ in planes[1:]]
    for rows in _rows_of_bands(first.grid.shape[0]):
        before: Band | None = None
        for at, plane in enumerate(planes):
            band = read_band(open_maps(path, z=plane), rows, ceil(margin))
            if before is not None:
                _add(sums[at - 1], before, band)
            before = band
    return sums


def _rows_of_bands(height: int) -> Iterator[slice]:
    for first in range(0, height, CHUNK):
        yield slice(first, min(first + CHUNK, height))


def read_band(maps: MicroarchMaps, rows: slice, margin: int) -> Band:
    """Return some rows of a plane; ``margin`` in cells."""
    factors = None if maps.factors is None else np.asarray(maps.factors[rows])
    clusters = None if maps.clusters is None else np.asarray(maps.clusters[rows])
    first = max(0, rows.start - margin)
    with_margin = slice(first, min(rows.stop + margin, maps.grid.shape[0]))
    if maps.clusters is not None:
        there = np.asarray(maps.clusters[with_margin]) >= 0
    else:
        assert maps.factors is not None
        there = np.isfinite(np.asarray(maps.factors[with_margin, :, 0]))
    # The edge of the picture is no rim of tissue.
    inside = ndimage.minimum_filter(there, 2 * margin + 1, mode="nearest")
    kept = slice(rows.start - first, rows.start - first + rows.stop - rows.start)
    return Band(factors, clusters, inside[kept])


def _add(sums: PairedSums, one: Band, other: Band) -> None:
    both = one.inside & other.inside
    sums.n_cells += int(both.sum())
    if one.factors is not None and other.factors is not None:
        sums.add_factors(one.factors[both], other.factors[both])
    if one.clusters is not None and other.clusters is not None:
        sums.add_clusters(one.clusters[both], other.clusters[both])
