"""Open maps that were written to OME-Zarr or TIFF files."""

from functools import partial
from pathlib import Path
from typing import Any

from sklearn_microarch._arguments._numbers import check_integer, check_path, shown
from sklearn_microarch._whole import place_of_folder
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import (
    read_ome_zarr,
    read_ome_zarr_labels,
    read_ome_zarr_provenance,
)
from sklearn_microarch.images.ome_zarr._check_output import check_output
from sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance import says_maps
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping.reading._as_maps import as_maps, names_in
from sklearn_microarch.mapping.reading._open_tiff_maps import open_tiff_maps
from sklearn_microarch.mapping.reading._plane_record import (
    read_plane_record,
    says_volume,
)
from sklearn_microarch.mapping.reading._stored_map import StoredMap

SLICE, REGIONS, CLUSTERS, NOVELTY = "slice", "regions", "clusters", "novelty"


def open_maps(
    path: str | Path, name: str | None = None, *, z: int | None = None
) -> MicroarchMaps:
    """Open maps that `map_slice` wrote to files, without loading them.

    Or a plane of those that `map_volume` wrote.

    OME-Zarr needs zarr: ``pip install sklearn-microarch[zarr]``.

    Parameters
    ----------
    path : path-like
        Folder of the OME-Zarr image, or of the TIFF files.
    name : str or None, default=None
        Name of the slice, where a folder of TIFF files holds maps of several.
    z : int or None, default=None
        Which plane of the maps of a volume, from 0.

    Returns
    -------
    maps : MicroarchMaps
        As `map_slice` gives them in memory, but read when needed: a map reads what is
        indexed, such as ``maps.factors[:512, :512, 0]``, and all of it by
        ``numpy.asarray`` or in arithmetic. ``image`` is the slice that was mapped.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or an image within it is missing.
    ImageFileError
        If it was not written by `map_slice` or `map_volume`, or is damaged.
    ImportError
        If it is OME-Zarr, and zarr is not installed.
    TypeError
        If ``path`` is no path, or ``name`` no string.
    ValueError
        If there are maps of several slices and none is named, or none of that name;
        the message lists the names. If they are of a volume and no plane ``z`` is
        named, or it does not exist or is not mapped.

    Warns
    -----
    LeftoverWarning
        If maps that a killed program had complete cannot be moved to their place.

    See Also
    --------
    map_slice : Writes such maps.
    sklearn_microarch.images.read_ome_zarr : Opens any OME-Zarr image.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import FunctionTransformer
    >>> from sklearn_microarch import PatchSampler, SliceImage, map_slice
    >>> from sklearn_microarch.mapping import open_maps
    >>> grey = np.random.default_rng(0).normal(size=(60, 90)).astype(np.float32)
    >>> image = SliceImage(grey, pixel_size_um=1.17, name="z309")
    >>> sampler = PatchSampler(8, stride=4, tissue=None)
    >>> flat = FunctionTransformer(lambda X: np.asarray(X).reshape(len(X), -1))
    >>> pipe = make_pipeline(sampler, flat, PCA(2), KMeans(3, random_state=0))
    >>> pipe = pipe.fit(sampler.fit(image).cut(image))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = map_slice(pipe, image, out=f"{folder}/maps.ome.zarr")
    ...     maps = open_maps(f"{folder}/maps.ome.zarr")
    ...     maps, maps.factors[:3, :2].shape
    (MicroarchMaps('z309', 15 x 23 cells of 4 px, factors=['factor00', 'factor01'], \
regions=[]), (3, 2, 2))
    """
    path = check_path("path", path)
    if name is not None and not isinstance(name, str):
        raise TypeError(f"name={shown(name)} must be a string or None.")
    place_of_folder(path, may_replace=partial(check_output, overwrite=True)).restore()
    if z is not None:
        z = check_integer("z", z, minimum=0)
    if path.is_dir() and not _is_zarr(path):
        if z is not None:
            raise ValueError(f"z={z} is for maps of a volume; {path} holds slices.")
        return open_tiff_maps(path, name)
    return _open_ome_zarr_maps(path, z)


def _is_zarr(path: Path) -> bool:
    named = path.suffix == ".zarr"
    return named or any((path / file).exists() for file in ("zarr.json", ".zgroup"))


def _open_ome_zarr_maps(path: Path, z: int | None) -> MicroarchMaps:
    record = read_ome_zarr_provenance(path)
    if not says_maps(record):
        raise ImageFileError(
            f"{path} does not say that map_slice wrote it (attribute "
            "'sklearn_microarch'); open it as an image with read_ome_zarr."
        )
    if says_volume(record):
        record = _record_of_plane(path, record["volume"].get("planes"), z)
    elif z is not None:
        raise ValueError(f"z={z} is for maps of a volume; {path} holds one slice.")
    factors = names_in(record, "factors", path)
    regions = names_in(record, "regions", path)
    where = path / SLICE if factors or regions else path
    maps: dict[str, Any] = {}
    if factors:
        maps["factors"] = _open_channels(path, factors, z)
    if regions:
        place = path / REGIONS if factors else path
        maps["region_probabilities"] = _open_channels(place, regions, z)
        labels, _ = read_ome_zarr_labels(path, REGIONS, z=z)
        maps["predicted_regions"] = StoredMap(labels.data, several=False, shift=-1)
    if record["clusters"]:
        labels, _ = read_ome_zarr_labels(path, CLUSTERS, z=z)
        maps["clusters"] = StoredMap(labels.data, several=False, shift=-1)
    # Not among what maps of earlier versions say of themselves.
    if record.get("novelty"):
        values = read_ome_zarr(path / NOVELTY, z=z).data
        maps["novelty"] = StoredMap(values, several=False)
    return as_maps(record, read_ome_zarr(where, z=z), maps, path)


def _record_of_plane(path: Path, n_planes: object, z: int | None) -> dict[str, Any]:
    """Return the record of a plane; ValueError where it is none, or not mapped."""
    if not isinstance(n_planes, int):
        raise ImageFileError(f"{path} is damaged: it does not say how many planes.")
    if z is None:
        raise ValueError(
            f"{path} holds maps of a volume of {n_planes} planes; choose one with z=0 "
            f"to z={n_planes - 1}."
        )
    if z >= n_planes:
        raise ValueError(
            f"z={z} does not exist: {path} holds the planes z=0 to z={n_planes - 1}."
        )
    found = read_plane_record(path, z)
    if found is None or not isinstance(found.get("record"), dict):
        raise ValueError(
            f"plane z={z} of {path} is not mapped: it was left out, or failed. Call "
            "map_volume again, which maps what is missing."
        )
    return dict(found["record"])


def _open_channels(path: Path, names: list[str], z: int | None) -> StoredMap:
    stored = StoredMap(read_ome_zarr(path, z=z).data, several=True)
    if stored.shape[2] != len(names):
        raise ImageFileError(
            f"{path} holds {stored.shape[2]} channels, but its provenance names "
            f"{len(names)}: {', '.join(names)}."
        )
    return stored
