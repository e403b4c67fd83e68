"""Sums over the cells of each region, read band by band."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.anatomy._cell_regions import CellRegions
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.sampling._region_material import count_apart

# Values of all maps that are in memory at a time; fixed, so that sums always round
# alike, wherever the maps lie.
_VALUES_AT_A_TIME = 2**23


@dataclass(eq=False)
class RegionSums:
    """What was added up over the cells of r regions, those without a value left out."""

    n_cells: NDArray[np.int64]  # (r,), of which are mapped
    loading: NDArray[np.float64]  # (r, p)
    active: NDArray[np.float64]  # (r, p)
    novelty: NDArray[np.float64]  # (r, 3): cells, sum, cells above 1
    grey: NDArray[np.float64]  # (r, 2): pixels, sum
    clusters: dict[str, NDArray[np.int64]] = field(default_factory=dict)  # (r,) each


def sum_regions(maps: MicroarchMaps, regions: CellRegions) -> RegionSums:
    """Add up one slice's maps and grey levels by region."""
    n_regions, n_factors = len(regions.names), len(maps.factor_names)
    sums = RegionSums(
        n_cells=np.zeros(n_regions, dtype=np.int64),
        loading=np.zeros((n_regions, n_factors)),
        active=np.zeros((n_regions, n_factors)),
        novelty=np.zeros((n_regions, 3)),
        grey=np.zeros((n_regions, 2)),
    )
    for band in _bands(maps):
        codes = regions.cells[band].copy()
        _add_maps(sums, maps, codes, band)
        _add_grey(sums, maps, codes, band)
    return sums


def count_independent_cells(
    cells: NDArray[np.int32], region: int, patch_size: float, cell_size: float
) -> int:
    """Count cells of a region whose patches share no pixel, a lower bound."""
    inside = cells == region
    box = ndimage.find_objects(inside.astype(np.uint8))
    if not box or box[0] is None:
        return 0
    return count_apart(inside[box[0]], max(1, ceil(patch_size / cell_size - 1e-9)))


def entropy_bits(counts: NDArray[np.int64]) -> float:
    """Return the entropy of shares that counts (n_clusters,) tell; NaN without any."""
    total = counts.sum()
    if total == 0:
        return np.nan
    shares = counts[counts > 0] / total
    return abs(float(-(shares * np.log2(shares)).sum()))


def _bands(maps: MicroarchMaps) -> Iterator[slice]:
    rows, cols = maps.grid.shape
    pixels = ceil(maps.cell_size) ** 2
    each = max(1, cols * (len(maps.factor_names) + 2 + pixels))
    step = max(1, _VALUES_AT_A_TIME // each)
    for start in range(0, rows, step):
        yield slice(start, min(rows, start + step))


def _add_maps(
    sums: RegionSums, maps: MicroarchMaps, codes: NDArray[np.int32], band: slice
) -> None:
    """Add a band of cells; ``codes`` loses the cells that are not mapped."""
    n_regions = len(sums.n_cells)
    factors = None if maps.factors is None else np.asarray(maps.factors[band])
    clusters = None if maps.clusters is None else np.asarray(maps.clusters[band])
    if factors is not None:
        codes[~np.isfinite(factors).all(axis=2)] = -1
    if clusters is not None:
        codes[_without_cluster(clusters)] = -1
    inside = codes >= 0
    at = codes[inside]
    sums.n_cells += np.bincount(at, minlength=n_regions)
    if factors is not None:
        for column, loading in enumerate(factors[inside].T):
            sums.loading[:, column] += np.bincount(at, loading, n_regions)
            sums.active[:, column] += np.bincount(at, loading > 0, n_regions)
    if clusters is not None:
        _add_clusters(sums, clusters[inside], at)
    novelty = getattr(maps, "novelty", None)
    if novelty is not None:
        _add_novelty(sums, np.asarray(novelty[band])[inside], at)


def _without_cluster(clusters: NDArray) -> NDArray[np.bool_]:
    # A map's cells without a value: "" among names, -1 among numbers.
    return clusters == "" if clusters.dtype.kind == "U" else clusters < 0


def _add_clusters(sums: RegionSums, clusters: NDArray, at: NDArray[np.int32]) -> None:
    n_regions = len(sums.n_cells)
    for cluster in np.unique(clusters).tolist():
        name = cluster if isinstance(cluster, str) else f"cluster {cluster}"
        found = np.bincount(at[clusters == cluster], minlength=n_regions)
        sums.clusters[name] = sums.clusters.get(name, 0) + found


def _add_novelty(sums: RegionSums, novelty: NDArray, at: NDArray[np.int32]) -> None:
    known = np.isfinite(novelty)
    at, novelty = at[known], novelty[known]
    for column, weights in enumerate((None, novelty, novelty > 1)):
        found = np.bincount(at, weights, len(sums.n_cells))
        sums.novelty[:, column] += found


def _add_grey(
    sums: RegionSums, maps: MicroarchMaps, codes: NDArray[np.int32], band: slice
) -> None:
    """Add the raw grey levels of the pixels whose nearest cell is in a band."""
    cell_of_row, cell_of_col = maps.grid.nearest()
    rows = np.flatnonzero((cell_of_row >= band.start) & (cell_of_row < band.stop))
    cols = np.flatnonzero(cell_of_col >= 0)
    if not len(rows) or not len(cols):
        return
    part = [slice(int(found[0]), int(found[-1]) + 1) for found in (rows, cols)]
    grey: Any = np.asarray(maps.image.read(*part))
    if grey.ndim == 3:
        grey = grey.mean(axis=0)
    at = codes[np.ix_(cell_of_row[rows] - band.start, cell_of_col[cols])].ravel()
    inside = at >= 0
    for column, weights in enumerate((None, grey.ravel()[inside])):
        found = np.bincount(at[inside], weights, len(sums.n_cells))
        sums.grey[:, column] += found
