"""The zip file around a model: written alike each time, checked before it is read."""

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sklearn_microarch.exceptions import ModelFileError
from sklearn_microarch.model_file._problems import GET_AGAIN, as_model_error
from sklearn_microarch.model_file.container._directory import (
    MANIFEST,
    SCHEMA,
    read_directory,
)
from sklearn_microarch.model_file.container._end_record import (
    FORMAT,
    LARGEST_FILE,
    begins_as_model,
    end_comment,
    ends_as_model,
    read_end,
)

_ORDINARY_FILE = 0o100644
# The first day that a zip file knows, so that equal models are equal files.
_NO_DATE = (1980, 1, 1, 0, 0, 0)

_MANIFEST_PARTS = {
    "format": int,
    "versions": dict,
    "model": dict,
    "facts": dict,
    "members": dict,
}


def pack_model(manifest: Mapping[str, Any], members: Mapping[str, bytes]) -> bytes:
    """Return a model file; ``manifest`` is completed with the sums of the members."""
    sums = {
        name: {"size": len(data), "sha256": _sha256(data)}
        for name, data in members.items()
    }
    whole = {"format": FORMAT, **manifest, "members": sums}
    first = json.dumps(whole, indent=1, allow_nan=False).encode()
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as zip_file:
        for name, data in {MANIFEST: first, **members}.items():
            info = ZipInfo(name, _NO_DATE)
            info.create_system, info.external_attr = 3, _ORDINARY_FILE << 16
            zip_file.writestr(info, data)
        zip_file.comment = end_comment(_sha256(first))
    return buffer.getvalue()


def read_file(path: Path) -> bytes:
    """Return the bytes of a file; what is too large for a model is not read."""
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist.")
    if not path.is_file():
        raise ModelFileError(
            f"{path} is a folder, a device or a pipe; name the model file itself."
        )
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ModelFileError(
            f"{path} has more than {LARGEST_FILE} bytes; no model file is as large. "
            "Name another file."
        )
    return data


def unpack_model(data: bytes, path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the manifest and the other members of a model file, by name.

    Nothing but the directory is interpreted before every sum is checked. Sums find
    damage; who changes a file on purpose can write sums that fit.
    """
    end = read_end(data, path)
    members = read_directory(data, end, path)
    first = members.pop(MANIFEST, None)
    if first is None or SCHEMA not in members:
        lacking = MANIFEST if first is None else SCHEMA
        raise ModelFileError(f"{path}: the member {lacking} is missing. {GET_AGAIN}")
    _check_sum(first, end.manifest_sum, f"{path}: {MANIFEST}")
    manifest = _read_manifest(first, path)
    _check_members(manifest["members"], members, path)
    return manifest, members


def is_model_file(path: Path) -> bool:
    """Tell whether ``save_model`` wrote a file, by its first and last bytes."""
    with path.open("rb") as file:
        start = file.read(64)
        file.seek(max(0, path.stat().st_size - 1024))
        return begins_as_model(start) and ends_as_model(file.read())


def _read_manifest(data: bytes, path: Path) -> dict[str, Any]:
    with as_model_error(f"{path}: {MANIFEST}"):
        found = json.loads(data.decode())
    manifest: dict[str, Any] = found if isinstance(found, dict) else {}
    for name, kind in _MANIFEST_PARTS.items():
        if type(manifest.get(name)) is not kind:
            raise ModelFileError(
                f"{path}: {MANIFEST} has no {name!r} as save_model writes it. "
                + GET_AGAIN
            )
    return manifest


def _check_members(sums: dict[str, Any], members: dict[str, bytes], path: Path) -> None:
    if sums.keys() != members.keys():
        odd = sorted(sums.keys() ^ members.keys())[0]
        where = "not in the file" if odd in sums else "not in the manifest"
        raise ModelFileError(f"{path}: the member {odd[:80]!r} is {where}. {GET_AGAIN}")
    for name, data in members.items():
        said = sums[name]
        if not isinstance(said, dict) or said.get("size") != len(data):
            raise ModelFileError(
                f"{path}: {name} has {len(data)} bytes, and the manifest says "
                f"{str(said)[:80]}. {GET_AGAIN}"
            )
        _check_sum(data, said.get("sha256"), f"{path}: {name}")


def _check_sum(data: bytes, wanted: object, subject: str) -> None:
    found = _sha256(data)
    if found != wanted:
        raise ModelFileError(
            f"{subject} is damaged: its sha256 is {found[:16]}..., and "
            f"{str(wanted)[:16]}... was written. {GET_AGAIN}"
        )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
