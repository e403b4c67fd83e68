"""Open maps that were written to OME-Zarr."""

from pathlib import Path
from typing import Any

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import (
    read_ome_zarr,
    read_ome_zarr_labels,
    read_ome_zarr_provenance,
)
from sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance import says_maps
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._stored_map import StoredMap

SLICE, REGIONS, CLUSTERS = "slice", "regions", "clusters"


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
        One pixel per value: ``stride`` is 1, and the pixel size that of the slice
        times the stride it was mapped with. A map reads what is indexed, such as
        ``maps.factors[:512, :512, 0]``, and all of it by ``numpy.asarray`` or in
        arithmetic. ``image`` is the slice at the mapped pixels.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or an image within it is missing.
    ImageFileError
        If it was not written by `map_slice`, or is damaged.
    ImportError
        If zarr is not installed.

    See Also
    --------
    map_slice : Writes such maps.
    sklearn_microarch.images.read_ome_zarr : Opens any OME-Zarr image.
    """
    path = Path(path)
    record = read_ome_zarr_provenance(path)
    if not says_maps(record):
        raise ImageFileError(
            f"{path} does not say that map_slice wrote it (attribute "
            "'sklearn_microarch'); open it as an image with read_ome_zarr."
        )
    factors, regions = record["factors"], record["regions"]
    about = record["image"]
    where = path / SLICE if factors or regions else path
    image = read_ome_zarr(where, name=about["name"], specimen=about["specimen"])
    maps: dict[str, Any] = {}
    if factors:
        maps["factors"] = _open_channels(path, factors)
    if regions:
        where = path / REGIONS if factors else path
        maps["region_probabilities"] = _open_channels(where, regions)
    if record["clusters"]:
        labels, _ = read_ome_zarr_labels(path, CLUSTERS)
        maps["clusters"] = StoredMap(labels.data, several=False, shift=-1)
    return MicroarchMaps(
        image=image, factor_names=factors, region_names=regions, **maps
    )


def _open_channels(path: Path, names: list[str]) -> StoredMap:
    stored = StoredMap(read_ome_zarr(path).data, several=True)
    if stored.shape[2] != len(names):
        raise ImageFileError(
            f"{path} holds {stored.shape[2]} channels, but its provenance names "
            f"{len(names)}: {', '.join(names)}."
        )
    return stored
