"""Over which layers each cluster is spread, with intervals over blocks."""

from dataclasses import dataclass
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
from sklearn_microarch.anatomy.laminar._depth_map import LaminarDepth
from sklearn_microarch.anatomy.laminar._laminar_profile import (
    MOST_RESAMPLES,
    check_depth_of,
)
from sklearn_microarch.anatomy.laminar._mapped_cells import mapped_cells
from sklearn_microarch.anatomy.laminar._shares_over_blocks import (
    count_in_blocks,
    ratios_over_blocks,
)
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.mapping import MicroarchMaps

# Labels of layers may stray that much over a border that another hand has drawn.
_LEAST_INSIDE = 0.9


@dataclass(frozen=True, eq=False, repr=False)
class LayerTable:
    """The share of each cluster that lies in each layer.

    Made by `layer_table`.

    Parameters
    ----------
    clusters, layers : list of str
        Names of the rows and of the columns.
    share, low, high : ndarray of shape (n_clusters, n_layers)
        Share of a cluster's cells in a layer, of those that have a layer; sums to 1
        over the layers. The ends of its interval; NaN where there are too few blocks.
    n_cells : ndarray of shape (n_clusters, n_layers), dtype int64
        Cells of a cluster in a layer.
    n_blocks : ndarray of shape (n_clusters,), dtype int64
        Blocks that a cluster lies in.
    confidence_level : float
        Of the intervals.

    See Also
    --------
    layer_table : Makes it.

    Examples
    --------
    >>> from sklearn_microarch.anatomy import LayerTable
    >>> half = [[0.25, 0.75]]
    >>> table = LayerTable(
    ...     ["cluster 0"], ["L1", "L2/3"], half, half, half, [[1, 3]], [2], 0.95
    ... )
    >>> table.to_rows()[1]["share"]
    0.75
    """

    clusters: list[str]
    layers: list[str]
    share: NDArray[np.float64]
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
            One for each cluster and layer: ``cluster``, ``layer``, ``share``, ``low``,
            ``high``, ``n_cells``, ``n_blocks``.
        """
        rows = []
        for i, cluster in enumerate(self.clusters):
            for j, layer in enumerate(self.layers):
                row: dict[str, Any] = {"cluster": cluster, "layer": layer}
                for column in ("share", "low", "high"):
                    row[column] = float(np.asarray(getattr(self, column))[i, j])
                row["n_cells"] = int(np.asarray(self.n_cells)[i, j])
                row["n_blocks"] = int(self.n_blocks[i])
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
        return f"LayerTable({len(self.clusters)} clusters, {len(self.layers)} layers)"

    def __str__(self) -> str:
        share, low, high = map(np.asarray, (self.share, self.low, self.high))
        return format_table(
            [
                {"": cluster}
                | {
                    layer: f"{decimals(share[i, j], 2)} "
                    f"({decimals(low[i, j], 2)} to {decimals(high[i, j], 2)})"
                    for j, layer in enumerate(self.layers)
                }
                | {"blocks": int(self.n_blocks[i])}
                for i, cluster in enumerate(self.clusters)
            ]
        )


def layer_table(
    maps: MicroarchMaps,
    layers: RoiMap | LaminarDepth,
    rois: RoiMap | None = None,
    region: str = "cortex",
    *,
    depth: LaminarDepth | None = None,
    bands: int | ArrayLike = 5,
    block_size: float | None = None,
    n_resamples: int = 1000,
    confidence_level: float = 0.95,
    random_state: int | RandomState | None = None,
) -> LayerTable:
    """Count over which layers the cells of each cluster are spread.

    Parameters
    ----------
    maps : MicroarchMaps
        Of one slice, with clusters.
    layers : RoiMap or LaminarDepth
        Annotated layers; or a depth, of which ``bands`` are taken for layers.
    rois : RoiMap or None, default=None
        The slice's regions, needed with annotated layers: they must lie in one.
    region : str, default="cortex"
        The region of ``rois`` that has the layers.
    depth : LaminarDepth or None, default=None
        With annotated layers: the depth, so that blocks are columns of the cortex.
        None: blocks are squares, which hold layers unevenly; intervals are wider.
    bands : int or array-like of shape (n_bands + 1,), default=5
        Bands of a depth, as `LaminarDepth.bands` takes them.
    block_size : float or None, default=None, unit: pixels
        Width of the columns, or edge of the squares, that are drawn again for the
        intervals. None: of a patch.
    n_resamples : int, default=1000
        Times that blocks are drawn.
    confidence_level : float, default=0.95
        Share of the resamples within an interval.
    random_state : int, RandomState instance or None, default=None
        Draws the blocks.

    Returns
    -------
    table : LayerTable
        Print it; ``to_rows`` and ``to_csv`` give its table.

    Raises
    ------
    TypeError
        If ``maps`` are no maps of a slice, or ``layers`` or ``rois`` are of the wrong
        kind.
    ValueError
        If there are no clusters, less than 90 % of a layer lies in the region, no cell
        has a layer, or an argument is out of range.

    See Also
    --------
    laminar_profile : Shares of clusters along the depth.
    regional_summary : Factors by layer: annotated layers are regions.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473` (bars of Figure 2).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import RoiMap, SliceImage
    >>> from sklearn_microarch.anatomy import laminar_depth, layer_table
    >>> from sklearn_microarch.mapping import MicroarchMaps
    >>> codes = np.zeros((60, 80), dtype=int)
    >>> codes[5:50, 10:70], codes[50:55, 10:70] = 1, 2
    >>> depth = laminar_depth(RoiMap(codes, {1: "cortex", 2: "CC"}))
    >>> halves = np.repeat([0, 1], [27, 33])[:, np.newaxis].repeat(80, axis=1)
    >>> image = SliceImage(codes)
    >>> maps = MicroarchMaps(image, clusters=halves, about={"patch_size": 8})
    >>> table = layer_table(maps, depth, bands=2, random_state=0)
    >>> table.share.round(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    n_resamples = check_integer(
        "n_resamples", n_resamples, minimum=1, maximum=MOST_RESAMPLES
    )
    level = check_number("confidence_level", confidence_level, low=0.5, high=0.9999)
    rng = check_seed("random_state", random_state)
    if isinstance(layers, LaminarDepth):
        depth = layers
    if depth is not None:
        check_depth_of(depth, maps)
    pia = None if depth is None else depth.borders["pia"]
    cells = mapped_cells(maps, block_size=block_size, pia=pia)
    cluster = cells.clusters
    if cluster is None:
        raise ValueError(
            "maps hold no clusters to count; laminar_profile takes factors."
        )
    if isinstance(layers, LaminarDepth):
        layers = layers.bands(bands)
    else:
        _check_within(layers, rois, region)
    labels = layers.labels_at(maps.image, cells.rows, cells.cols)
    has_layer = labels != ""
    if not has_layer.any():
        raise ValueError("no cell of the maps has a layer; are they of the same slice?")
    cells, names = cells.part(has_layer), layers.region_names
    cluster = cluster[has_layer]
    n_layers, n_clusters = len(names), len(cells.cluster_names)
    layer = _numbers_of(labels[has_layer], names)
    counts = count_in_blocks(
        cells.blocks, cluster * n_layers + layer, n_clusters * n_layers
    ).reshape(-1, n_clusters, n_layers)
    share, low, high = ratios_over_blocks(
        counts,
        counts.sum(axis=2, keepdims=True),
        draw_share=cells.draw_share,
        n_resamples=n_resamples,
        confidence_level=level,
        rng=rng,
    )
    return LayerTable(
        clusters=cells.cluster_names,
        layers=names,
        share=share,
        low=low,
        high=high,
        n_cells=counts.sum(axis=0).astype(np.int64),
        n_blocks=(counts.sum(axis=2) > 0).sum(axis=0),
        confidence_level=level,
    )


def _numbers_of(labels: NDArray[np.str_], names: list[str]) -> NDArray[np.intp]:
    """Return the place of each label (n,) among the names."""
    order = np.argsort(names)
    return order[np.searchsorted(np.array(names)[order], labels)]


def _check_within(layers: object, rois: object, region: str) -> None:
    """Raise where annotated layers do not lie in the region that has them."""
    if not isinstance(layers, RoiMap):
        raise TypeError(
            f"layers={shown(layers)} must be a RoiMap of layers, or what laminar_depth "
            "returns."
        )
    if not isinstance(rois, RoiMap):
        raise TypeError(
            f"rois={shown(rois)} must be the RoiMap of the slice's regions, as layers "
            "are annotated: they must lie in one of them."
        )
    code = rois.code_of(region)
    for name in layers.region_names:
        at = np.nonzero(layers.codes == layers.code_of(name))
        share = float((_codes_beside(rois, layers, *at) == code).mean())
        if share < _LEAST_INSIDE:
            raise ValueError(
                f"only {share:.0%} of layer {name!r} lies in region={region!r}; at "
                f"least {_LEAST_INSIDE:.0%} must. Are layers and rois of one slice, "
                "and in the same place?"
            )


def _codes_beside(
    rois: RoiMap, layers: RoiMap, rows: NDArray[np.intp], cols: NDArray[np.intp]
) -> NDArray[np.int64]:
    """Return the codes of regions at pixels of the layers."""
    size, own = rois.pixel_size_um, layers.pixel_size_um
    if size is None or own is None:
        if rois.shape != layers.shape:
            raise ValueError(
                f"layers have shape {layers.shape}, rois {rois.shape}, and a pixel "
                "size is unknown; give pixel_size_um to both."
            )
        return rois.codes[rows, cols]
    places = [
        (at * own + ours - theirs) / size
        for at, ours, theirs in zip(
            (rows, cols), layers.offset_um, rois.offset_um, strict=True
        )
    ]
    at = [np.rint(place).astype(np.intp) for place in places]
    seen = np.ones(len(rows), dtype=bool)
    for place, length in zip(at, rois.shape, strict=True):
        seen &= (place >= 0) & (place < length)
    codes = np.full(len(rows), rois.unannotated_code)
    codes[seen] = rois.codes[at[0][seen], at[1][seen]]
    return codes
