"""A tidy table of how much neighbouring planes of a mapped volume differ."""

from pathlib import Path
from typing import Any

import numpy as np

from sklearn_microarch._arguments._numbers import check_number, check_path
from sklearn_microarch.anatomy._regional_table import frame_or_table
from sklearn_microarch.anatomy._slice_facts import patch_size_of
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.volumes.comparing._paired_sums import PairedSums
from sklearn_microarch.volumes.comparing._sum_pairs import sum_pairs
from sklearn_microarch.volumes.isotropic._mapped_volume import read_mapped_volume

Row = dict[str, Any]


def compare_planes(maps: str | Path, *, margin_um: float | None = None) -> Any:  # noqa: ANN401 - a data frame where pandas is installed
    r"""Compare neighbouring planes: a row per pair, and factor or cluster.

    Tells how far the mean of each factor steps from a plane to the next, on the tissue
    that both have, and how many cells keep their cluster. Steps that are as large as
    differences within a plane, one plane after the other, are those of a stain or an
    exposure, not of anatomy.

    Parameters
    ----------
    maps : path-like
        Maps of a volume, as `map_volume` wrote them. They are read in bands of rows.
    margin_um : float or None, default=None, unit: micrometres
        Cells that lie so near to what has no value, on one of the planes, are left
        out: their patches show more than tissue. None: half a patch.

    Returns
    -------
    table : pandas.DataFrame or RegionalTable
        A data frame where pandas is installed. Planes follow each other as they are
        mapped: one that is missing is passed over. Columns:

        - ``plane``, ``next_plane``: numbers from 0; ``z_um``, ``distance_um``: where
          the first lies, and how far the next is away;
        - ``n_cells``: cells that both have;
        - ``kept_share``, ``kappa``: share of these cells that are of the same cluster
          on both planes, and the same corrected for chance; NaN without clusters;
        - ``kind``, ``name``: "factor" and its name, or "cluster" and its number;
        - ``mean``, ``next_mean``, ``step``: mean loading of a factor or share of a
          cluster on each plane, and the difference;
        - ``step_sd``: the step of a factor in standard deviations of its loading
          within the planes; NaN for clusters.

    Raises
    ------
    FileNotFoundError, ImageFileError
        If there are no such maps, or they are damaged.
    TypeError
        If ``maps`` is no path, or ``margin_um`` no number.
    ValueError
        If the maps are of one slice, have no size in micrometres, less than two planes
        are mapped, they hold neither factors nor clusters, or ``margin_um`` is
        negative.

    See Also
    --------
    map_volume : Writes the maps.
    summarize_volume : A table of regions, plane by plane.

    Notes
    -----
    Clusters have the same numbers on all planes, so that agreement is counted cell by
    cell, by Cohen's kappa [1]_:

    .. math:: \kappa = \frac{p_o - p_e}{1 - p_e}

    with :math:`p_o` the share of cells that keep their cluster, and :math:`p_e` that
    which two planes of the same shares of clusters would have in common by chance. 1 is
    no change, 0 is chance. A region that ends between two planes lowers it as noise
    does: compare it with that of an annotation.

    References
    ----------
    .. [1] J. Cohen (1960), A coefficient of agreement for nominal scales, Educational
       and Psychological Measurement 20, 37-46.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from distributed import Client
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_microarch import CNNFeatureExtractor, PatchSampler
    >>> from sklearn_microarch.volumes import compare_planes, map_volume
    >>> grey = np.random.default_rng(0).integers(80, 120, (4, 64, 96), dtype=np.uint8)
    >>> grey[:, :, 48:] //= 2
    >>> rois = np.repeat([[1, 2]], 48, axis=1).repeat(64, axis=0)
    >>> sampler = PatchSampler(16, n_patches_per_roi=30, tissue=None, random_state=0)
    >>> network = CNNFeatureExtractor(max_epochs=1, n_features=8, random_state=0)
    >>> pipe = make_pipeline(sampler, network, PCA(2), KMeans(2, random_state=0))
    >>> pipe = pipe.fit(*sampler.sample(grey[0], rois))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Client(processes=False, dashboard_address=":0") as client:
    ...         report = map_volume(
    ...             pipe, grey, f"{folder}/maps.zarr", stride=8, client=client,
    ...             pixel_size_um=1.0, spacing_um=5, check_drift=False,
    ...             allow_pixel_size_mismatch=True,
    ...         )
    ...     table = compare_planes(f"{folder}/maps.zarr")
    >>> len(table["step"]), sorted(set(table["name"]))
    (12, ['cluster 0', 'cluster 1', 'factor00', 'factor01'])
    """
    path = check_path("maps", maps)
    if margin_um is not None:
        margin_um = check_number("margin_um", margin_um, unit="micrometres")
    volume = read_mapped_volume(path)
    planes = np.flatnonzero(volume.mapped).tolist()
    if len(planes) < 2:
        raise ValueError(
            f"only plane {planes[0]} of {path} is mapped; two are needed to compare."
        )
    first = open_maps(path, z=planes[0])
    if first.factors is None and first.clusters is None:
        raise ValueError(f"{path} holds neither factors nor clusters to compare.")
    margin = (
        patch_size_of(first, None) / 2
        if margin_um is None
        else margin_um / volume.pixel_size_um
    )
    found = sum_pairs(path, planes, margin / first.cell_size)
    clusters = sorted({c for sums in found for pair in sums.together for c in pair})
    rows = []
    for plane, after, sums in zip(planes, planes[1:], found, strict=False):
        about = {
            "plane": plane,
            "next_plane": after,
            "z_um": plane * volume.spacing_um,
            "distance_um": (after - plane) * volume.spacing_um,
        }
        rows += _rows_of_pair(about, sums, first.factor_names, clusters)
    return frame_or_table({name: [row[name] for row in rows] for name in rows[0]})


def _rows_of_pair(
    about: Row, sums: PairedSums, factors: list[str], clusters: list[int]
) -> list[Row]:
    """Return a row for each factor and cluster of two planes."""
    common = about | {
        "n_cells": sums.n_cells,
        "kept_share": sums.kept_share(),
        "kappa": sums.kappa(),
    }
    named = [
        ("factor", name, *both, spread)
        for name, both, spread in zip(
            factors, sums.means().T.tolist(), sums.spread().tolist(), strict=True
        )
    ]
    named += [
        ("cluster", f"cluster {number}", *sums.shares(number), np.nan)
        for number in clusters
    ]
    return [
        common
        | {"kind": kind, "name": name, "mean": one, "next_mean": other}
        | {"step": other - one}
        | {"step_sd": (other - one) / spread if spread > 0 else np.nan}
        for kind, name, one, other, spread in named
    ]
