"""The record of each plane that is mapped, of maps of a volume."""

import json
from pathlib import Path
from typing import Any

PLANES = "planes"
KEY = "sklearn_microarch"


def record_path(folder: Path, plane: int) -> Path:
    """Return where the record of a plane lies: the attributes of an empty group."""
    return folder / PLANES / f"{plane:05d}" / "zarr.json"


def read_plane_record(folder: Path, plane: int) -> dict[str, Any] | None:
    """Return what is known of a plane; None where it is not mapped."""
    try:
        found = json.loads(record_path(folder, plane).read_bytes())
        about = found["attributes"][KEY]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return about if isinstance(about, dict) else None


def says_volume(record: object) -> bool:
    """Tell whether the record of maps is that of a volume."""
    return isinstance(record, dict) and isinstance(record.get("volume"), dict)
