"""Which OME-Zarr image a path means: itself, one within it, or one it is a level of."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MAX_HEADER_BYTES = 16 * 1024**2
_LISTED = 8


def locate_image(
    path: Path, series: int | None, level: int | str | None
) -> tuple[Path, int | str | None, list[str]]:
    """Return the folder of the image, the level that the path means, and notes."""
    if not path.is_dir():
        raise ValueError("it is a file, but an OME-Zarr image is a folder")
    if _is_array(path):
        image, number = _image_of_level(path)
        if level not in (None, 0, number):
            raise ValueError(
                f"it is level {number} of the image {image}; level={level!r} is given "
                "as well: leave it out, or name the image"
            )
        return image, number, []
    about = _ome(path)
    if about.get("multiscales") or "bioformats2raw.layout" not in about:
        if series not in (None, 0):
            raise ValueError(f"series={series} does not exist; it holds one image")
        return path, level, []
    names = _series_names(path)
    if series is None and len(names) == 1:
        series = 0
    if series is None or not 0 <= series < len(names):
        asked = "" if series is None else f"series={series} does not exist; "
        raise ValueError(
            f"{asked}it holds {len(names)} images, choose one with series=0 to "
            f"series={len(names) - 1}"
        )
    note = [f"series {series} of {len(names)}"] if len(names) > 1 else []
    return path / names[series], level, note


def images_below(path: Path) -> list[str]:
    """Return the first images within a folder and within its folders, if any."""
    found = []
    for pattern in ("*", "*/*"):
        for folder in sorted(path.glob(pattern)):
            if folder.is_dir() and _ome(folder).get("multiscales"):
                found.append(folder.relative_to(path).as_posix())
            if len(found) >= _LISTED:
                return found
    return found


def _image_of_level(path: Path) -> tuple[Path, int]:
    whole = path.resolve()
    for image in list(whole.parents)[:4]:
        entries = _ome(image).get("multiscales")
        if not isinstance(entries, list) or not entries:
            continue
        datasets = entries[0].get("datasets", [])
        for number, dataset in enumerate(datasets):
            if (image / str(dataset.get("path"))).resolve() == whole:
                # As the path was given, not with links followed.
                depth = len(whole.relative_to(image).parts)
                return path.absolute().parents[depth - 1], number
    raise ValueError(
        "it is a zarr array without the metadata of an image above it; name the folder "
        "of the image that holds it"
    )


def _is_array(path: Path) -> bool:
    return (path / ".zarray").is_file() or (
        _json(path / "zarr.json").get("node_type") == "array"
    )


def _ome(path: Path) -> Mapping[str, Any]:
    """Return the OME metadata of a group; empty where there are none to be read."""
    attributes = _json(path / "zarr.json").get("attributes") or _json(path / ".zattrs")
    if not isinstance(attributes, dict):
        return {}
    ome = attributes.get("ome", attributes)
    return ome if isinstance(ome, dict) else {}


def _json(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_HEADER_BYTES:
            return {}
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _series_names(path: Path) -> list[str]:
    listed = _ome(path / "OME").get("series")
    if isinstance(listed, list) and all(isinstance(name, str) for name in listed):
        return [
            name for name in listed if ".." not in name and not name.startswith("/")
        ]
    found = [folder.name for folder in path.iterdir() if folder.name.isdigit()]
    return sorted(found, key=int)
