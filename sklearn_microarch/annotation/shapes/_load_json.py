"""Load a JSON file that may be hostile: no larger in memory than is sane."""

import json
import zipfile
from pathlib import Path

# What Python makes of the text may take no more than this, in bytes.
_LARGEST = 2**30
_BYTES_OF_A_LIST = 88
_BYTES_OF_AN_ENTRY = 40


def load_json(path: Path) -> object:
    """Return what a JSON file holds, or the only one in a zip file."""
    if path.stat().st_size > _LARGEST:
        raise ValueError(_too_large(path.stat().st_size))
    data = _unzipped(path) if zipfile.is_zipfile(path) else path.read_bytes()
    needed = (data.count(b"[") + data.count(b"{")) * _BYTES_OF_A_LIST
    needed += (data.count(b",") + data.count(b":")) * _BYTES_OF_AN_ENTRY + len(data)
    if needed > _LARGEST:
        raise ValueError(_too_large(needed))
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return json.loads(data.decode(encoding))
    except RecursionError as exc:
        raise ValueError("its brackets are nested too deep") from exc
    except json.JSONDecodeError as exc:
        raise ValueError(
            f"it is no complete JSON ({exc.msg}, line {exc.lineno}, column {exc.colno})"
        ) from exc


def _unzipped(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        members = [
            member
            for member in archive.infolist()
            if member.filename.lower().endswith((".geojson", ".json"))
            and not member.filename.startswith("__MACOSX/")
        ]
        if len(members) != 1:
            raise ValueError(f"it is a zip file with {len(members)} GeoJSON files")
        with archive.open(members[0]) as file:
            data = file.read(_LARGEST // 4 + 1)
    if len(data) > _LARGEST // 4:
        raise ValueError(_too_large(len(data)))
    return data


def _too_large(needed: int) -> str:
    return (
        f"it would take {needed / 1e9:.1f} GB of memory; export the annotations "
        "without cells and detections, or fewer of them"
    )
