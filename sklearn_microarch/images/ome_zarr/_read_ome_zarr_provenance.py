"""Read what an OME-Zarr image says of how it came about."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sklearn_microarch._version import __version__
from sklearn_microarch.images._image_errors import as_image_file_error, existing_path
from sklearn_microarch.images.ome_zarr._zarr import import_zarr


def read_ome_zarr_provenance(path: str | Path) -> dict[str, Any]:
    """Return the record that `OmeZarrWriter` kept with an image.

    Parameters
    ----------
    path : str or pathlib.Path
        Folder of the image.

    Returns
    -------
    record : dict
        The attribute "sklearn_microarch"; empty where there is none.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ImageFileError
        If it is no zarr group.
    ImportError
        If zarr is not installed.
    TypeError
        If ``path`` is no path.

    See Also
    --------
    OmeZarrWriter : Takes the record as ``provenance``.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn_microarch.images import OmeZarrWriter, read_ome_zarr_provenance
    >>> folder = tempfile.TemporaryDirectory()
    >>> path, record = f"{folder.name}/z159.ome.zarr", {"scanner": "micro-CT"}
    >>> with OmeZarrWriter(path, shape=(40, 60), provenance=record) as writer:
    ...     writer.add_image(["grey"], dtype="uint8")[:] = 7
    >>> read_ome_zarr_provenance(path)
    {'scanner': 'micro-CT'}
    >>> folder.cleanup()
    """
    zarr = import_zarr()
    path = existing_path(path, "OME-Zarr image")
    with as_image_file_error(str(path)):
        group = zarr.open_group(path, mode="r")
        record = group.attrs.get("sklearn_microarch")
    return dict(record) if isinstance(record, dict) else {}


def says_maps(record: object) -> bool:
    """Tell whether a provenance record is that of maps which `map_slice` wrote."""
    return isinstance(record, dict) and set(record) >= {
        "model",
        "image",
        "factors",
        "regions",
        "clusters",
    }


def record_of_regions(names: Iterable[str]) -> dict[str, Any]:
    """Return the record of an annotation that `RoiMap.write` writes."""
    return {
        "annotation": "regions",
        "regions": list(names),
        "versions": {"sklearn_microarch": __version__},
    }


def says_regions(record: object) -> bool:
    """Tell whether a provenance record is that of an annotation by `RoiMap.write`."""
    return (
        isinstance(record, dict)
        and set(record) == set(record_of_regions([]))
        and record["annotation"] == "regions"
    )
