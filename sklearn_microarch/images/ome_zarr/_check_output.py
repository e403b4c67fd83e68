"""What a new OME-Zarr may be written to, and which folder it may replace."""

import json
from pathlib import Path
from typing import Any

from sklearn_microarch.images.ome_zarr._read_ome_zarr_provenance import (
    says_maps,
    says_regions,
)
from sklearn_microarch.images.ome_zarr._zarr import import_zarr

_NO_DATA = {
    "zarr.json",
    ".zgroup",
    ".zattrs",
    ".zmetadata",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
}
_ROWS_AT_ONCE = 1024


def check_output(path: Path, *, overwrite: bool) -> None:
    """Raise when a zarr group may not be written to ``path``, its final name.

    FileExistsError where there is anything but maps or an annotation that this
    library wrote and to which nothing was added; with ``overwrite`` those may be
    replaced.
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
    record = attributes.get("sklearn_microarch")
    if says_maps(record):
        foreign = _foreign_entries(
            path,
            attributes,
            # What is not the main image is an image within it.
            images={"regions", "novelty", "slice"},
            labels={"clusters", "regions"},
        )
        if "volume" in (record or {}):
            # The record of each plane.
            foreign = [one for one in foreign if one != "planes"]
    elif says_regions(record):
        foreign = _foreign_entries(path, attributes, images=set(), labels={"regions"})
        foreign += _pictures_with_values(path, attributes)
    else:
        raise FileExistsError(
            f"{path} does not say that it holds maps or an annotation of this library "
            "(attribute 'sklearn_microarch'): it may be raw data, and is not replaced "
            "even with overwrite=True. Choose another path, or delete it yourself."
        )
    if foreign:
        raise FileExistsError(
            f"{path} holds more than maps or an annotation of this library "
            f"({', '.join(foreign[:3])}), so that it is not replaced even with "
            "overwrite=True. Move that elsewhere, or choose another path."
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


def _foreign_entries(
    path: Path, attributes: dict[str, Any], *, images: set[str], labels: set[str]
) -> list[str]:
    """Return what lies in a folder beside its main image and what may be in it."""
    groups = [name for name in sorted(images) if (path / name).is_dir()]
    own = {*_names_of_arrays(attributes), *groups}
    if (path / "labels").is_dir():
        own.add("labels")
        entries = _entries(path / "labels")
        groups += [f"labels/{entry}" for entry in entries if entry in labels]
        foreign = [f"labels/{entry}" for entry in entries if entry not in labels]
    else:
        foreign = []
    foreign += [entry for entry in _entries(path) if entry not in own]
    for group in groups:
        arrays = _names_of_arrays(_attributes(path / group))
        foreign += [
            f"{group}/{entry}"
            for entry in _entries(path / group)
            if entry not in arrays
        ]
    return foreign


def _pictures_with_values(path: Path, attributes: dict[str, Any]) -> list[str]:
    """Return the levels of the main image that are not black, or cannot be read."""
    zarr = import_zarr()
    found = []
    for name in sorted(_names_of_arrays(attributes)):
        try:
            array = zarr.open_array(path / name, mode="r")
            black = not any(
                array[..., row : row + _ROWS_AT_ONCE, :].any()
                for row in range(0, array.shape[-2], _ROWS_AT_ONCE)
            )
        # A damaged store fails in a dozen types; what it holds is not known then.
        except Exception:
            black = False
        if not black:
            found.append(name)
    return found


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
