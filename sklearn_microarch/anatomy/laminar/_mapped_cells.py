"""The cells of a slice's maps as rows: values, pixels they lie at, and their blocks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sklearn_microarch._arguments._numbers import check_number, shown
from sklearn_microarch.anatomy._slice_facts import patch_size_of
from sklearn_microarch.annotation._grid_places import nearest
from sklearn_microarch.mapping import MicroarchMaps


@dataclass(frozen=True, eq=False)
class MappedCells:
    """Rows of one slice's map, those that have values."""

    rows: NDArray[np.intp]  # (n,), nearest pixel of the slice
    cols: NDArray[np.intp]  # (n,)
    factors: NDArray[np.float64]  # (n, p)
    clusters: NDArray[np.intp] | None  # (n,), numbers of `cluster_names`
    cluster_names: list[str]
    blocks: NDArray[np.intp]  # (n,), squares of the slice, or columns of the cortex
    draw_share: float  # of the blocks, in a resample; as in `SliceBlocks`

    def part(self, chosen: NDArray) -> "MappedCells":
        """Return some of the rows, by mask or index."""
        return MappedCells(
            self.rows[chosen],
            self.cols[chosen],
            self.factors[chosen],
            None if self.clusters is None else self.clusters[chosen],
            self.cluster_names,
            self.blocks[chosen],
            self.draw_share,
        )


def mapped_cells(
    maps: MicroarchMaps,
    *,
    block_size: float | None = None,
    pia: NDArray[np.float64] | None = None,
) -> MappedCells:
    """Return the cells of a slice's maps that have values; blocks in pixels.

    A block has the edge of a patch unless it is said to be larger. With points of the
    pia (n_points, 2), blocks are the columns below pieces of it of that size.
    """
    if not isinstance(maps, MicroarchMaps):
        raise TypeError(
            f"maps={shown(maps)} must be the maps of a slice, as map_slice or "
            "open_maps returns them."
        )
    if maps.factors is None and maps.clusters is None:
        raise ValueError("maps hold neither factors nor clusters.")
    patch = patch_size_of(maps, None)
    size = patch
    if block_size is not None:
        size = check_number("block_size", block_size, low=patch, unit="pixels")
    factors = np.zeros((*maps.grid.shape, 0))
    if maps.factors is not None:
        factors = np.asarray(maps.factors, dtype=np.float64)
    clusters, cluster_names = _clusters_of(maps)
    at = np.nonzero(has_values(maps))
    rows, cols = (
        nearest(first + maps.cell_size * cells.astype(np.float64)).clip(0, length - 1)
        for first, cells, length in zip(maps.offset, at, maps.image.shape, strict=True)
    )
    places = np.column_stack([rows, cols])
    if pia is not None and len(places):
        places = pia[cKDTree(pia).query(places)[1]]
    _, blocks = np.unique(places // size, axis=0, return_inverse=True)
    return MappedCells(
        rows.astype(np.intp),
        cols.astype(np.intp),
        factors[at],
        None if clusters is None else clusters[at],
        cluster_names,
        blocks.reshape(-1).astype(np.intp),
        (1 - patch / (3 * size)) ** (2 if pia is None else 1),
    )


def has_values(maps: MicroarchMaps) -> NDArray[np.bool_]:
    """Return which cells (rows, columns) have factors and clusters, where maps do."""
    found = np.ones(maps.grid.shape, dtype=bool)
    if maps.factors is not None:
        found &= np.isfinite(np.asarray(maps.factors)).all(axis=2)
    clusters, _ = _clusters_of(maps)
    return found if clusters is None else found & (clusters >= 0)


def _clusters_of(maps: MicroarchMaps) -> tuple[NDArray[np.intp] | None, list[str]]:
    """Return numbers of clusters (rows, columns), -1 for none, and their names."""
    if maps.clusters is None:
        return None, []
    found = np.asarray(maps.clusters)
    if found.dtype.kind in "iu":
        names = [f"cluster {number}" for number in range(int(found.max()) + 1)]
        return found.astype(np.intp), names
    words = sorted(word for word in np.unique(found).tolist() if word)
    at = np.searchsorted(words, found).clip(max=max(0, len(words) - 1))
    return np.where(found == "", -1, at).astype(np.intp), words
