"""A tidy table of what maps hold in each region of each animal."""

from collections.abc import Sequence
from typing import Any

import joblib
import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_integer, check_number, shown
from sklearn_microarch.anatomy._cell_regions import (
    CellRegions,
    annotated_cells,
    predicted_cells,
)
from sklearn_microarch.anatomy._columns import OWN_COLUMNS, WORD_COLUMNS
from sklearn_microarch.anatomy._region_sums import (
    RegionSums,
    count_independent_cells,
    entropy_bits,
    sum_regions,
)
from sklearn_microarch.anatomy._regional_table import frame_or_table
from sklearn_microarch.anatomy._slice_facts import (
    check_all_maps,
    patch_size_of,
    record_facts,
    slice_facts,
)
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.sampling.regions._placed_codes import Names

Row = dict[str, Any]


def regional_summary(
    maps: MicroarchMaps | Sequence[MicroarchMaps],
    rois: RoiMap | ArrayLike | Sequence[RoiMap | ArrayLike] | None = None,
    names: Names = None,
    *,
    patch_size_um: float | None = None,
    unannotated_code: int = 0,
) -> Any:  # noqa: ANN401 - a data frame where pandas is installed
    """Summarize maps: a row per slice, region, and factor or cluster.

    Parameters
    ----------
    maps : MicroarchMaps, or list of them
        Of slices that one model has mapped, in memory or opened from disk; those on
        disk are read piece by piece. Each slice says its ``specimen``.
    rois : RoiMap, array-like of shape (height, width), or one per map, default=None
        Regions: a `RoiMap`, or integer codes. They are looked up where the cells of
        the maps lie. None: the predicted regions.
    names : mapping of int to str, or sequence of str, default=None
        Names of integer codes; None calls regions by their code.
    patch_size_um : float or None, default=None, unit: micrometres
        Edge of the model's patches, for ``n_independent``. None: as the maps say, else
        150 um (128 pixels where the pixel size is unknown).
    unannotated_code : int, default=0
        Code outside the annotation; that of a `RoiMap` is its own.

    Returns
    -------
    table : pandas.DataFrame or RegionalTable
        A data frame where pandas is installed. Regions without a mapped cell on a slice
        have no rows there. Numbers that are not known are NaN, words "". Its columns:

        - ``specimen``, ``group``, ``side``, ``slice`` (the slice's name), ``z_um``;
        - ``region``, ``region_source``: "annotation" or "predicted";
        - ``area_mm2`` of the region on the slice, cells that are not mapped included;
          ``n_cells``: cells of the map with values; ``n_independent``: patches there
          that share no pixel;
        - ``grey_mean``: raw grey level; ``novelty``: mean, ``novel_share``: share of
          cells above 1; ``cluster_entropy_bits``: of the clusters' shares;
        - ``kind`` ("factor" or "cluster") and ``name``; of a factor ``loading``, the
          mean, and ``active_share``, the share of cells above 0; of a cluster
          ``cluster_share``, its share of the region's cells;
        - ``gain``, ``offset``, ``sharpness``, ``drift_verdict`` and
          ``model_fingerprint``, where the maps have noted them;
          ``annotation_fingerprint``;
        - the columns of ``image.details``.

    Raises
    ------
    TypeError
        If ``maps`` are none, or ``rois`` no regions.
    DifferentModelsError
        If maps have other factors, regions or clusters, or say another model.
    ValueError
        If a slice has no specimen or is there twice, ``rois`` do not fit the slices, or
        there is nothing to put in a table.

    Warns
    -----
    PixelSizeWarning
        If the pixel size of a slice is unknown, so that areas are.

    See Also
    --------
    compare_groups : Compares groups of animals by such a table.

    Notes
    -----
    A cell counts where it has a value: on tissue, at least half a patch from the edge
    of the slice. Cells are not independent of each other, and neither are slices of one
    animal: a number of cells or rows is never the n of a test.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage
    >>> from sklearn_microarch.anatomy import regional_summary
    >>> from sklearn_microarch.mapping import MicroarchMaps
    >>> image = SliceImage(np.full((40, 60), 7), 25.0, name="s1", specimen="m1")
    >>> maps = MicroarchMaps(image, cell_size=10, factors=np.ones((4, 6, 1)))
    >>> rois = np.repeat([[1, 2]], 30, axis=1).repeat(40, axis=0)
    >>> table = regional_summary(maps, rois, names={1: "CTX", 2: "CC"})
    >>> list(table["region"]), list(table["n_cells"]), list(table["area_mm2"])
    (['CTX', 'CC'], [12, 12], [0.75, 0.75])
    """
    several = check_all_maps(maps)
    if patch_size_um is not None:
        check_number("patch_size_um", patch_size_um, low=1e-3, unit="micrometres")
    code = check_integer(
        "unannotated_code", unannotated_code, minimum=-(2**63), maximum=2**63 - 1
    )
    regions, prints = _regions_of(several, rois, names, code)
    sums = [
        sum_regions(one, found) for one, found in zip(several, regions, strict=True)
    ]
    clusters = sorted({name for one in sums for name in one.clusters}, key=_in_order)
    rows: list[Row] = []
    for one, found, summed, fingerprint in zip(
        several, regions, sums, prints, strict=True
    ):
        source = "predicted" if rois is None else "annotation"
        about = record_facts(one, fingerprint) | dict(one.image.details)
        for part in _region_rows(one, found, summed, clusters, patch_size_um):
            facts = slice_facts(one) | {"region_source": source}
            rows.append(facts | part | about)
    if not rows:
        raise ValueError(
            "no region has a cell with a value: maps and "
            + ("predicted regions" if rois is None else "rois")
            + " do not overlap."
        )
    return frame_or_table(_columns_of(rows))


def _regions_of(
    several: Sequence[MicroarchMaps],
    rois: Any,  # noqa: ANN401 - as regional_summary takes them
    names: Names,
    unannotated_code: int,
) -> tuple[list[CellRegions], list[str]]:
    """Return the regions of each slice's cells, and what identifies the annotation."""
    if rois is not None:
        found = annotated_cells(rois, several, names, unannotated_code=unannotated_code)
        given = rois if len(several) > 1 or _is_one_in_a_list(rois) else [rois]
        return found, [_fingerprint(one) for one in given]
    if names is not None:
        raise TypeError(
            f"names={shown(names)} is given, but no rois; predicted regions have names."
        )
    for at, one in enumerate(several):
        if one.predicted_regions is None:
            raise ValueError(
                f"maps[{at}] has no predicted regions, as no step of its pipeline "
                "tells regions; give rois."
            )
    return [predicted_cells(one) for one in several], [""] * len(several)


def _is_one_in_a_list(rois: Any) -> bool:  # noqa: ANN401
    # Codes of a single slice may be nested lists, too.
    several = isinstance(rois, list | tuple)
    return several and (isinstance(rois[0], RoiMap | SliceImage) or np.ndim(rois) == 3)


def _fingerprint(rois: Any) -> str:  # noqa: ANN401
    """Return a hash of an annotation's content."""
    if isinstance(rois, RoiMap):
        return str(joblib.hash(rois))
    codes = rois.pixels if isinstance(rois, SliceImage) else rois
    return str(joblib.hash(np.ascontiguousarray(codes)))


def _region_rows(
    maps: MicroarchMaps,
    regions: CellRegions,
    sums: RegionSums,
    clusters: Sequence[str],
    patch_size_um: float | None,
) -> list[Row]:
    """Return the rows of one slice, of the regions that have a mapped cell."""
    patch_size = patch_size_of(maps, patch_size_um)
    edge_mm = np.nan if maps.cell_size_um is None else maps.cell_size_um / 1000
    n_all = np.bincount(regions.cells[regions.cells >= 0], minlength=len(regions.names))
    rows = []
    for region in np.flatnonzero(sums.n_cells).tolist():
        counts = _counts(sums, clusters, region)
        common = {
            "region": regions.names[region],
            "area_mm2": float(n_all[region] * edge_mm**2),
            "n_cells": int(sums.n_cells[region]),
            "n_independent": count_independent_cells(
                regions.cells, region, patch_size, maps.cell_size
            ),
            "grey_mean": _mean(sums.grey[region, 1], sums.grey[region, 0]),
            "novelty": _mean(sums.novelty[region, 1], sums.novelty[region, 0]),
            "novel_share": _mean(sums.novelty[region, 2], sums.novelty[region, 0]),
            "cluster_entropy_bits": entropy_bits(counts),
        }
        n_cells = sums.n_cells[region]
        for at, name in enumerate(maps.factor_names):
            rows.append(
                common
                | {"kind": "factor", "name": name}
                | {"loading": float(sums.loading[region, at] / n_cells)}
                | {"active_share": float(sums.active[region, at] / n_cells)}
            )
        for name, count in zip(clusters, counts.tolist(), strict=True):
            share = {"cluster_share": float(count / n_cells)}
            rows.append(common | {"kind": "cluster", "name": name} | share)
    return rows


def _counts(sums: RegionSums, clusters: Sequence[str], region: int) -> NDArray:
    none = np.zeros(len(sums.n_cells), dtype=np.int64)
    return np.array([sums.clusters.get(name, none)[region] for name in clusters])


def _mean(total: float, count: float) -> float:
    return float(total / count) if count else np.nan


def _in_order(name: str) -> tuple[bool, int, str]:
    """Return what sorts clusters by their number, and names after them."""
    number = name.removeprefix("cluster ")
    return (not number.isdecimal(), int(number) if number.isdecimal() else 0, name)


def _columns_of(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Return rows as columns: the table's own in their order, then the others."""
    others = dict.fromkeys(name for row in rows for name in row)
    names = [*OWN_COLUMNS, *(name for name in others if name not in OWN_COLUMNS)]
    columns = {}
    for name in names:
        word = name in WORD_COLUMNS or any(
            isinstance(row.get(name), str) for row in rows
        )
        columns[name] = [row.get(name, "" if word else np.nan) for row in rows]
    return columns
