"""Judge the findings of Balwani and Dyer (2020) on the maps of one slice."""

from collections.abc import Mapping

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._numbers import check_seed
from sklearn_microarch.anatomy import LaminarDepth
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.trust.findings._axon_layer_finding import axon_layer_finding
from sklearn_microarch.trust.findings._check_given import (
    check_again,
    check_extras,
    check_given,
)
from sklearn_microarch.trust.findings._cortical_findings import (
    again_finding,
    barrel_finding,
    density_finding,
    layer_finding,
    split_finding,
)
from sklearn_microarch.trust.findings._finding import FindingList
from sklearn_microarch.trust.findings._judged_cells import JudgedCells, judged_cells
from sklearn_microarch.trust.findings._region_findings import (
    REGIONS,
    WHITE_MATTER,
    axon_finding,
    region_finding,
    white_matter_finding,
)


def published_findings(
    maps: MicroarchMaps,
    cortical: MicroarchMaps,
    rois: RoiMap,
    matched: Mapping[str, str],
    *,
    depth: LaminarDepth | None = None,
    layers: RoiMap | None = None,
    barrels: RoiMap | None = None,
    axon_share: ArrayLike | None = None,
    again: tuple[float, float] | None = None,
    random_state: int | RandomState | None = None,
) -> FindingList:
    """Say of each finding of the paper whether it was found here, and by which rule.

    Parameters
    ----------
    maps : MicroarchMaps
        All factors over a whole slice.
    cortical : MicroarchMaps
        All factors, and clusters, of its cortex; clusters ascend by cell density.
    rois : RoiMap
        The slice's regions, by the names "cortex", "striatum", "VP", "ZI" and "WM" (or
        "IC" and "CC").
    matched : mapping of str to str
        Factor that was matched to each region, by name: what
        `CoverageLeakageSelector` chose.
    depth : LaminarDepth or None, default=None
        Depth in the cortex, for bands of depth as a baseline.
    layers : RoiMap or None, default=None
        Annotated layers "L1", "L2/3", "L4", "L5" and "L6". None: what names a layer is
        not testable.
    barrels : RoiMap or None, default=None
        Annotated barrels. None: barrels are not testable.
    axon_share : array-like of shape (rows, columns) or None, default=None
        Share of axons in the patch of each cell of ``maps``, where it is known, as on a
        phantom. None: bright tissue stands for axons.
    again : tuple of (float, float) or None, default=None
        Adjusted Rand index, on a second slice, of its own clusters with those of the
        first slice's model, and of classes of grey. None: not tried.
    random_state : int, RandomState instance or None, default=None
        Draws blocks for intervals.

    Returns
    -------
    findings : FindingList
        Print it; ``to_rows`` and ``to_csv`` give its table.

    Raises
    ------
    TypeError
        If ``maps`` or ``cortical`` are no maps of a slice, ``matched`` is no mapping,
        ``rois``, ``layers`` or ``barrels`` are no `RoiMap`, ``depth`` is no
        `LaminarDepth`, or ``again`` is not two numbers.
    ValueError
        If ``maps`` have no factors, ``cortical`` have no clusters, a factor of
        ``matched`` is not among them, ``axon_share`` or ``depth`` has another shape, or
        ``again`` lies outside -1 to 1.

    See Also
    --------
    trust_report : Whether a factor or cluster is real, without the paper.

    Notes
    -----
    Each finding's rule stands in the list. The rules were written before they were
    first applied. "Found" says that a number passed its rule on this slice of this
    animal; factors and clusters were fitted on the same animal. Not every rule asks for
    more than its baseline; where the baseline does better, the list says so. Of axons
    and cells in L4 and L6 no factor is asked: both are counted in the picture.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import RoiMap, SliceImage
    >>> from sklearn_microarch.mapping import MicroarchMaps
    >>> from sklearn_microarch.trust import published_findings
    >>> rng = np.random.default_rng(0)
    >>> codes = np.repeat([[1, 2]], 150, axis=1).repeat(200, axis=0)
    >>> image = SliceImage(rng.normal(100, 9, codes.shape), 1.17, specimen="m1")
    >>> factors = rng.exponential(size=(200, 300, 1)) + (codes == 1)[..., np.newaxis]
    >>> maps = MicroarchMaps(image, factors=factors, factor_names=["f"])
    >>> cortical = maps.replace(clusters=np.where(codes == 1, rng.integers(2), -1))
    >>> rois = RoiMap(codes, {1: "cortex", 2: "ZI"})
    >>> found = published_findings(maps, cortical, rois, {"cortex": "f"})
    >>> [one.verdict for one in found.findings if "striatum" in one.statement]
    ['not testable']
    """
    rng = check_seed("random_state", random_state)
    check_given(maps, cortical, rois, matched)
    check_extras(cortical, depth, layers, barrels)
    again = check_again(again)
    cells = judged_cells(maps, rois)
    share = None if axon_share is None else _at_cells(axon_share, maps)
    white = next((matched[name] for name in WHITE_MATTER if name in matched), None)
    inner = judged_cells(cortical, rois)
    bands = None if depth is None else _bands(depth, inner)
    named = None
    if layers is not None:
        named = layers.labels_at(cortical.image, inner.rows, inner.cols)
    walls = None
    if barrels is not None:
        walls = barrels.labels_at(cortical.image, inner.rows, inner.cols) != ""
    inside_l4 = (
        np.zeros(len(inner.rows), dtype=bool) if named is None else named == "L4"
    )
    # Intervals of clusters are drawn first, so that others do not change them.
    by_density = density_finding(inner, bands, rng)
    spread = None if axon_share is None else _near_cells(axon_share, maps, inner)
    findings = (
        *(region_finding(cells, region, matched.get(region)) for region in REGIONS),
        white_matter_finding(cells, white),
        axon_finding(cells, share),
        axon_layer_finding(inner, named, spread, rng),
        by_density,
        layer_finding(inner, named, bands),
        split_finding(inner, named),
        barrel_finding(inner, walls, inside_l4),
        again_finding(again),
    )
    return FindingList(maps.image.specimen or "unnamed", findings)


def _at_cells(share: ArrayLike, maps: MicroarchMaps) -> NDArray[np.float64]:
    """Return a share (rows, columns) at the cells that have factors, (n,)."""
    found = as_array("axon_share", share)
    if found.shape != maps.grid.shape:
        raise ValueError(
            f"axon_share has shape {found.shape}, but maps have cells of shape "
            f"{maps.grid.shape}."
        )
    used = np.isfinite(np.asarray(maps.factors)).all(axis=2)
    return np.asarray(found[used], dtype=np.float64)


def _near_cells(
    share: ArrayLike, maps: MicroarchMaps, cells: JudgedCells
) -> NDArray[np.float64]:
    """Return a share (rows, columns) at the cells of maps next to others (n,)."""
    at = (
        np.rint((places - first) / maps.cell_size).astype(np.intp).clip(0, length - 1)
        for places, first, length in zip(
            (cells.rows, cells.cols), maps.offset, maps.grid.shape, strict=True
        )
    )
    return np.asarray(as_array("axon_share", share)[tuple(at)], dtype=np.float64)


def _bands(depth: LaminarDepth, cells: JudgedCells) -> NDArray[np.intp]:
    """Return equal bands of depth (n,), as many as clusters, -1 where none."""
    assert cells.clusters is not None
    n_bands = int(cells.clusters.max()) + 1
    there = depth.depth[cells.rows, cells.cols]
    number = np.floor(np.nan_to_num(there, nan=-1.0) * n_bands)
    return np.where(np.isnan(there), -1, number.clip(0, n_bands - 1)).astype(np.intp)
