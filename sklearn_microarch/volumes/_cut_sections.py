"""Three sections through the maps of a volume that meet in a point."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sklearn_microarch._arguments._collections import check_several
from sklearn_microarch._arguments._numbers import check_number, check_path
from sklearn_microarch.mapping import MicroarchMaps, open_maps
from sklearn_microarch.volumes.isotropic._mapped_volume import (
    MappedVolume,
    read_mapped_volume,
)
from sklearn_microarch.volumes.sections._gathered_lines import GatheredLines


def cut_sections(
    maps: str | Path, *, at_um: Sequence[float] | None = None
) -> list[MicroarchMaps]:
    """Cut the maps of a volume along three planes that meet in a point.

    To look at a volume from three sides: `generate_report` shows the sections on one
    page, in the same colours, and displays draw them.

    Parameters
    ----------
    maps : path-like
        Maps of a volume, as `map_volume` wrote them.
    at_um : sequence of float of length 3 or None, default=None, unit: micrometres
        Where the sections meet: z, y and x from the outer corner of the volume. None:
        the middle.

    Returns
    -------
    sections : list of MicroarchMaps
        Those across z, y and x: xy, xz and yz. Pixels and cells are as large as within
        a plane. The first is the mapped plane next to the point; rows of the others
        are z. Planes that are not mapped have no value: NaN, and cluster -1.

    Raises
    ------
    FileNotFoundError, ImageFileError
        If there are no such maps, or they are damaged.
    TypeError
        If ``maps`` is no path, or ``at_um`` are no numbers.
    ValueError
        If the maps are of one slice, have no size in micrometres, no plane is mapped,
        or the point is outside.

    See Also
    --------
    sklearn_microarch.report.generate_report : A page of the sections.
    write_isotropic : The whole volume as cubes.

    Notes
    -----
    A plane is taken to be as thick as planes are apart. Where they are farther apart
    than pixels are large, rows repeat, and nothing is interpolated; where they are
    nearer, planes between rows are left out.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from distributed import Client
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_microarch import CNNFeatureExtractor, PatchSampler
    >>> from sklearn_microarch.volumes import cut_sections, map_volume
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
    ...             pixel_size_um=1.0, spacing_um=10, check_drift=False, name="brain",
    ...             allow_pixel_size_mismatch=True,
    ...         )
    ...     xy, xz, yz = cut_sections(f"{folder}/maps.zarr")
    >>> xz.image
    SliceImage('brain xz at y = 32 um', 40 x 96 uint8, 1 um per pixel)
    >>> xz.clusters.shape, yz.clusters.shape
    ((5, 12), (5, 8))
    """
    path = check_path("maps", maps)
    volume = read_mapped_volume(path)
    z, y, x = _check_point(at_um, volume)
    planes = np.flatnonzero(volume.mapped)
    plane = int(planes[np.abs((planes + 0.5) * volume.spacing_um - z).argmin()])
    across = open_maps(path, z=plane)
    edge = volume.pixel_size_um
    lines = [
        GatheredLines(volume, axis, um / edge - 0.5) for axis, um in ((0, y), (1, x))
    ]
    for at in planes.tolist():
        opened = open_maps(path, z=at)
        for one in lines:
            one.add(at, opened)
    name = str(volume.record["image"].get("name", "volume"))
    named = f"{name} xy at z = {plane * volume.spacing_um:g} um"
    return [
        across.replace(image=across.image.replace(name=named)),
        lines[0].section(across, f"{name} xz at y = {y:g} um"),
        lines[1].section(across, f"{name} yz at x = {x:g} um"),
    ]


def _check_point(
    at_um: Sequence[float] | None, volume: MappedVolume
) -> tuple[float, float, float]:
    edges = (volume.spacing_um, volume.pixel_size_um, volume.pixel_size_um)
    size = [length * edge for length, edge in zip(volume.shape, edges, strict=True)]
    if at_um is None:
        return size[0] / 2, size[1] / 2, size[2] / 2
    given = check_several("at_um", at_um)
    if len(given) != 3:
        raise ValueError(f"at_um has {len(given)} numbers; it must be (z, y, x).")
    z, y, x = (
        check_number(f"at_um[{at}]", um, high=float(np.nextafter(length, 0)))
        for at, (um, length) in enumerate(zip(given, size, strict=True))
    )
    return z, y, x
