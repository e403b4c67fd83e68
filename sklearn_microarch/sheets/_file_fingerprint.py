"""A file's fingerprint: equal as long as not a byte of it has changed."""

import hashlib
from pathlib import Path


def file_fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder with their names."""
    if not path.is_dir():
        return _sha256(path)
    inside = sorted(one for one in path.rglob("*") if one.is_file())
    lines = [f"{one.relative_to(path).as_posix()} {_sha256(one)}" for one in inside]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
