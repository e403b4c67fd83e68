"""What a new OME-Zarr may be written to, and which folder it may replace."""

import json
from pathlib import Path
from typing import Any

from sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance import says_maps

_NO_DATA = {
    "zarr.json",
    ".zgroup",
    ".zattrs",
    ".zmetadata",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
}


def check_output(path: Path, *, overwrite: bool) -> None:
    """Raise when a zarr group may not be written to ``path``, its final name.

    FileExistsError where there is anything but maps that this library wrote and to
    which nothing was added; with ``overwrite`` those may be replaced.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"There is no folder {path.parent} for {path.name}; make it first."
        )
    if not path.exists():
        return
    if not _is_zarr_group(path):
        raise FileExistsError(
            f"{path} exists and is no zarr group, so that it is not replaced even with "
            "overwrite=True; choose another path."
        )
    if not overwrite:
        raise FileExistsError(
            f"{path} exists; pass overwrite=True to replace it, or another path."
        )
    attributes = _attributes(path)
    if not says_maps(attributes.get("sklearn_microarch")):
        raise FileExistsError(
            f"{path} does not say that it holds maps of this library (attribute "
            "'sklearn_microarch'): it may be raw data, and is not replaced even with "
            "overwrite=True. Choose another path, or delete it yourself."
        )
    foreign = _foreign_entries(path, attributes)
    if foreign:
        raise FileExistsError(
            f"{path} holds more than maps of this library ({', '.join(foreign[:3])}), "
            "so that it is not replaced even with overwrite=True. Move that elsewhere, "
            "or choose another path."
        )


def _is_zarr_group(path: Path) -> bool:
    if (path / ".zgroup").is_file():
        return True
    return _json_object(path / "zarr.json").get("node_type") == "group"


def _attributes(path: Path) -> dict[str, Any]:
    """Return the attributes of a group of either zarr format, {} where unreadable."""
    if (path / ".zgroup").is_file():
        return _json_object(path / ".zattrs")
    attributes = _json_object(path / "zarr.json").get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def _foreign_entries(path: Path, attributes: dict[str, Any]) -> list[str]:
    """Return what lies in a folder of maps and is none of the maps' own."""
    names = _names_of_arrays(attributes)
    # What is not the main image is an image within it.
    for group in ("regions", "slice"):
        if (path / group).is_dir():
            names.add(group)
    labels = path / "labels"
    if labels.is_dir():
        names.add("labels")
    foreign = [entry for entry in _entries(path) if entry not in names]
    for group in names & {"regions", "slice"}:
        arrays = _names_of_arrays(_attributes(path / group))
        foreign += [
            f"{group}/{entry}"
            for entry in _entries(path / group)
            if entry not in arrays
        ]
    if labels.is_dir():
        foreign += [
            f"labels/{entry}"
            for entry in _entries(labels)
            if entry not in ("clusters", "regions")
        ]
    return foreign


def _names_of_arrays(attributes: dict[str, Any]) -> set[str]:
    """Return the names that OME metadata of an image give to its levels."""
    ome = attributes.get("ome", attributes)
    try:
        return {str(level["path"]) for level in ome["multiscales"][0]["datasets"]}
    except (KeyError, IndexError, TypeError):
        return set()


def _entries(folder: Path) -> list[str]:
    """Return what lies in a folder, without metadata and what file managers leave."""
    return sorted(
        entry.name for entry in folder.iterdir() if entry.name not in _NO_DATA
    )


def _json_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file, {} where there is none."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
