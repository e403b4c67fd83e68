"""Open maps that were written to OME-Zarr."""

from pathlib import Path
from typing import Any

from sklearn_microarch._arguments._numbers import check_path, check_strings
from sklearn_microarch.drift._drift_check import from_record
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import (
    read_ome_zarr,
    read_ome_zarr_labels,
    read_ome_zarr_provenance,
)
from sklearn_microarch.images._cell_grid import check_placement
from sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance import says_maps
from sklearn_microarch.mapping._facts import KNOWN, facts_of
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._stored_map import StoredMap

SLICE, REGIONS, CLUSTERS, NOVELTY = "slice", "regions", "clusters", "novelty"


def open_maps(path: str | Path) -> MicroarchMaps:
    """Open maps that `map_slice` wrote to OME-Zarr, without loading them.

    Needs zarr: ``pip install sklearn-microarch[zarr]``.

    Parameters
    ----------
    path : path-like
        Folder of the image.

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
        If it was not written by `map_slice`, or is damaged.
    ImportError
        If zarr is not installed.
    TypeError
        If ``path`` is no path.

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
    record = read_ome_zarr_provenance(path)
    if not says_maps(record):
        raise ImageFileError(
            f"{path} does not say that map_slice wrote it (attribute "
            "'sklearn_microarch'); open it as an image with read_ome_zarr."
        )
    factors = _names(record, "factors", path)
    regions = _names(record, "regions", path)
    about = record["image"] if isinstance(record["image"], dict) else {}
    where = path / SLICE if factors or regions else path
    image = read_ome_zarr(
        where, name=str(about.get("name", "")), specimen=about.get("specimen")
    )
    known = {key: about[key] for key in KNOWN if key in about}
    maps: dict[str, Any] = {}
    if factors:
        maps["factors"] = _open_channels(path, factors)
    if regions:
        where = path / REGIONS if factors else path
        maps["region_probabilities"] = _open_channels(where, regions)
        labels, _ = read_ome_zarr_labels(path, REGIONS)
        maps["predicted_regions"] = StoredMap(labels.data, several=False, shift=-1)
    if record["clusters"]:
        labels, _ = read_ome_zarr_labels(path, CLUSTERS)
        maps["clusters"] = StoredMap(labels.data, several=False, shift=-1)
    # Not among what maps of earlier versions say of themselves.
    if record.get("novelty"):
        values = read_ome_zarr(path / NOVELTY).data
        maps["novelty"] = StoredMap(values, several=False)
    cell_size, offset = _placement(record, path)
    try:
        return MicroarchMaps(
            image=image.replace(**known),
            about=facts_of(record),
            cell_size=cell_size,
            offset=offset,
            factor_names=factors,
            region_names=regions,
            drift=from_record(record.get("drift")),
            **maps,
        )
    except (TypeError, ValueError) as error:
        raise ImageFileError(
            f"{path} is damaged: its maps do not fit its slice ({error})."
        ) from error


def _names(record: dict[str, Any], kind: str, path: Path) -> list[str]:
    try:
        return check_strings(kind, record[kind])
    except TypeError as error:
        raise ImageFileError(
            f"{path} is damaged: in its attribute 'sklearn_microarch', {error}"
        ) from error


def _placement(record: dict[str, Any], path: Path) -> tuple[float, tuple[float, float]]:
    """Return how far apart the cells are, and where the first is, in pixels."""
    try:
        settings = record["settings"]
        return check_placement(settings["cell_size"], settings["offset"])
    except (KeyError, TypeError, ValueError) as error:
        raise ImageFileError(
            f"{path} does not say where its cells lie on the slice (attribute "
            f"'sklearn_microarch', settings: {type(error).__name__}: {error}); write "
            "the maps anew, or open it as an image with read_ome_zarr."
        ) from error


def _open_channels(path: Path, names: list[str]) -> StoredMap:
    stored = StoredMap(read_ome_zarr(path).data, several=True)
    if stored.shape[2] != len(names):
        raise ImageFileError(
            f"{path} holds {stored.shape[2]} channels, but its provenance names "
            f"{len(names)}: {', '.join(names)}."
        )
    return stored
