"""What maps hold along the depth of the cortex, with intervals over blocks."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_seed,
    shown,
)
from sklearn_microarch._format_table import decimals, format_table
from sklearn_microarch.anatomy._table_file import write_rows
from sklearn_microarch.anatomy.laminar._depth_map import LaminarDepth, check_depth_edges
from sklearn_microarch.anatomy.laminar._mapped_cells import MappedCells, mapped_cells
from sklearn_microarch.anatomy.laminar._shares_over_blocks import (
    count_in_blocks,
    ratios_over_blocks,
    sum_in_blocks,
)
from sklearn_microarch.mapping import MicroarchMaps

MOST_RESAMPLES = 100_000


@dataclass(frozen=True, eq=False, repr=False)
class LaminarProfile:
    """Means of maps in bins of depth, with intervals over blocks of the slice.

    Made by `laminar_profile`.

    Parameters
    ----------
    names : list of str
        Factors by name, then clusters; of a cluster, the values are its share.
    kinds : list of str
        "factor" or "cluster", one for each name.
    edges : ndarray of shape (n_bins + 1,)
        Depths between which the bins lie.
    mean, low, high : ndarray of shape (n_bins, n_names)
        Mean over the cells of a bin, and the ends of its interval. NaN where there is
        no cell, or too few blocks.
    n_cells, n_blocks : ndarray of shape (n_bins,), dtype int64
        Cells of each bin, and blocks (columns of the cortex) that they lie in.
    confidence_level : float
        Of the intervals.

    See Also
    --------
    laminar_profile : Makes it.

    Examples
    --------
    >>> from sklearn_microarch.anatomy import LaminarProfile
    >>> mean, edges = [[0.5], [0.1]], [0, 0.5, 1]
    >>> profile = LaminarProfile(
    ...     ["factor00"], ["factor"], edges, mean, mean, mean, [9, 8], [3, 3], 0.95
    ... )
    >>> profile.to_rows()[1]["mean"]
    0.1
    """

    names: list[str]
    kinds: list[str]
    edges: NDArray[np.float64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n_cells: NDArray[np.int64]
    n_blocks: NDArray[np.int64]
    confidence_level: float

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table.

        Returns
        -------
        rows : list of dict
            One for each factor or cluster and bin: ``kind``, ``name``, ``depth_from``,
            ``depth_to``, ``mean``, ``low``, ``high``, ``n_cells``, ``n_blocks``.
        """
        rows = []
        for at, (kind, name) in enumerate(zip(self.kinds, self.names, strict=True)):
            for number, (start, stop) in enumerate(pairwise(self.edges)):
                row: dict[str, Any] = {"kind": kind, "name": name}
                row |= {"depth_from": float(start), "depth_to": float(stop)}
                for column in ("mean", "low", "high"):
                    row[column] = float(np.asarray(getattr(self, column))[number, at])
                row["n_cells"] = int(self.n_cells[number])
                row["n_blocks"] = int(self.n_blocks[number])
                rows.append(row)
        return rows

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the table to a file of comma-separated values.

        Parameters
        ----------
        path : path-like
            The file.
        overwrite : bool, default=False
            Replace a file that is there.

        Returns
        -------
        path : Path
            Where it is.

        Raises
        ------
        FileExistsError
            If it is there and is not to be replaced.
        TypeError
            If ``path`` is no path.
        """
        rows = self.to_rows()
        return write_rows(path, rows, list(rows[0]), overwrite=overwrite)

    def __repr__(self) -> str:
        n_bins = len(self.edges) - 1
        return f"LaminarProfile({len(self.names)} maps, {n_bins} bins of depth)"

    def __str__(self) -> str:
        return format_table(
            [
                {
                    "": row["name"],
                    "depth": f"{row['depth_from']:.2f} to {row['depth_to']:.2f}",
                    "mean": decimals(row["mean"]),
                    "interval": f"{decimals(row['low'])} to {decimals(row['high'])}",
                    "cells": row["n_cells"],
                    "blocks": row["n_blocks"],
                }
                for row in self.to_rows()
            ]
        )


def laminar_profile(
    maps: MicroarchMaps,
    depth: LaminarDepth,
    *,
    bins: int | ArrayLike = 20,
    block_size: float | None = None,
    n_resamples: int = 1000,
    confidence_level: float = 0.95,
    random_state: int | RandomState | None = None,
) -> LaminarProfile:
    """Average maps over bins of depth.

    Parameters
    ----------
    maps : MicroarchMaps
        Of one slice, with factors, clusters or both.
    depth : LaminarDepth
        What `laminar_depth` returns, on the pixels of the slice.
    bins : int or array-like of shape (n_bins + 1,), default=20
        Number of equal bins, or ascending depths from 0 to 1 between which they lie.
    block_size : float or None, default=None, unit: pixels
        Width of the columns that are drawn again for the intervals, along the pia.
        None: of a patch.
    n_resamples : int, default=1000
        Times that blocks are drawn.
    confidence_level : float, default=0.95
        Share of the resamples within an interval.
    random_state : int, RandomState instance or None, default=None
        Draws the blocks.

    Returns
    -------
    profile : LaminarProfile
        Print it; ``to_rows`` and ``to_csv`` give its table.

    Raises
    ------
    TypeError
        If ``maps`` are no maps of a slice, or ``depth`` is no `LaminarDepth`.
    ValueError
        If ``depth`` lies on other pixels, no cell has a depth, or an argument is out
        of range.

    See Also
    --------
    layer_table : The same over named layers, cluster by cluster.
    regional_summary : Means by region; ``depth.bands()`` are regions, too.

    Notes
    -----
    A cell tells of its whole patch: what is thinner than that is smeared. Blocks are
    columns, from pia to white matter; fewer are drawn than there are, as patches reach
    over their edges: see `sklearn_microarch.spatial.spatial_blocks`. An interval says
    how the mean varies along the cortex of one slice, not between animals.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import RoiMap, SliceImage
    >>> from sklearn_microarch.anatomy import laminar_depth, laminar_profile
    >>> from sklearn_microarch.mapping import MicroarchMaps
    >>> codes = np.zeros((60, 80), dtype=int)
    >>> codes[5:50, 10:70], codes[50:55, 10:70] = 1, 2
    >>> depth = laminar_depth(RoiMap(codes, {1: "cortex", 2: "CC"}))
    >>> rows = np.arange(60.0)[:, np.newaxis, np.newaxis].repeat(80, axis=1)
    >>> image = SliceImage(codes)
    >>> maps = MicroarchMaps(image, factors=rows, about={"patch_size": 8})
    >>> profile = laminar_profile(maps, depth, bins=3, random_state=0)
    >>> profile.mean[:, 0].round(1).tolist()
    [12.0, 27.0, 42.0]
    """
    limits = check_depth_edges(bins, name="bins")
    n_resamples = check_integer(
        "n_resamples", n_resamples, minimum=1, maximum=MOST_RESAMPLES
    )
    level = check_number("confidence_level", confidence_level, low=0.5, high=0.9999)
    rng = check_seed("random_state", random_state)
    check_depth_of(depth, maps)
    cells = mapped_cells(maps, block_size=block_size, pia=depth.borders["pia"])
    found = depth.depth[cells.rows, cells.cols]
    inside = (found >= limits[0]) & (found <= limits[-1])
    if not inside.any():
        raise ValueError(
            f"no cell of the maps lies between depths {limits[0]:g} and {limits[-1]:g} "
            f"of {depth.region!r}; is it the same slice?"
        )
    cells = cells.part(inside)
    n_bins = len(limits) - 1
    codes = np.digitize(found[inside], limits).clip(max=n_bins) - 1
    values, names, kinds = _columns_of_cells(cells, maps)
    counts = count_in_blocks(cells.blocks, codes, n_bins)
    mean, low, high = ratios_over_blocks(
        sum_in_blocks(values, cells.blocks, codes, n_bins),
        counts[..., np.newaxis],
        draw_share=cells.draw_share,
        n_resamples=n_resamples,
        confidence_level=level,
        rng=rng,
    )
    return LaminarProfile(
        names=names,
        kinds=kinds,
        edges=limits,
        mean=mean,
        low=low,
        high=high,
        n_cells=counts.sum(axis=0).astype(np.int64),
        n_blocks=(counts > 0).sum(axis=0),
        confidence_level=level,
    )


def check_depth_of(depth: LaminarDepth, maps: MicroarchMaps) -> None:
    """Raise where a depth is none, or lies on other pixels than the maps' slice."""
    if not isinstance(depth, LaminarDepth):
        raise TypeError(f"depth={shown(depth)} must be what laminar_depth returns.")
    if isinstance(maps, MicroarchMaps) and depth.shape != maps.image.shape:
        raise ValueError(
            f"depth has shape {depth.shape}, the slice of the maps "
            f"{maps.image.shape}; use laminar_depth(rois, image=maps.image)."
        )


def _columns_of_cells(
    cells: MappedCells, maps: MicroarchMaps
) -> tuple[NDArray[np.float64], list[str], list[str]]:
    """Return loadings, then a column of 0 and 1 for each cluster, and their names."""
    columns = [cells.factors]
    if cells.clusters is not None:
        columns.append(np.eye(len(cells.cluster_names))[cells.clusters])
    names = [*maps.factor_names, *cells.cluster_names]
    kinds = ["factor"] * len(maps.factor_names) + ["cluster"] * len(cells.cluster_names)
    return np.concatenate(columns, axis=1), names, kinds
